//! Documents, keys, and the version that says when to read them anew.

use crate::{
    harness::on_both,
    world::{NOW, World, api_key, buyer, campaign, contract, hash_of, next, source, tenant},
};
use model::{BuyerId, CampaignId, ContractId, KeyId, SourceId, TenantId, VerticalId, vertical::Vertical};
use store::{Store, StoreError};

async fn grows<T>(store: &Store, what: &str, change: impl Future<Output = Result<T, StoreError>>) -> T {
    let before = store.config_version().await.unwrap();
    let done = change.await.unwrap_or_else(|error| panic!("{what}: {error}"));
    assert!(store.config_version().await.unwrap() > before, "{what} does not raise the version");
    done
}

on_both! {
    async fn every_change_raises_the_version(db: &Db) {
        let world = World::new(&db.store).await;
        let (store, tables) = (&db.store, world.tables(&db.store));
        let vertical = Vertical {
            id: VerticalId::from_bits(next()),
            slug: "auto".to_owned(),
            name: "Auto".to_owned(),
            active: true,
            fields: Vec::new(),
        };
        let fresh = tenant(TenantId::from_bits(next()), "fresh");
        grows(store, "create_tenant", store.create_tenant(&fresh, b"k")).await;
        grows(store, "change_tenant", store.change_tenant(fresh.id, |tenant| tenant.active = false)).await;
        grows(store, "put_vertical", tables.put_vertical(&vertical)).await;
        grows(store, "put_campaign", tables.put_campaign(&campaign(world.campaign, "auto-2"))).await;
        grows(store, "put_source", tables.put_source(&source(world.source, "web-2"))).await;
        grows(store, "put_buyer", tables.put_buyer(&buyer(world.buyers[0], "b-2"))).await;
        let terms = contract(world.contracts[0], world.campaign, world.buyers[0]);
        grows(store, "put_contract", tables.put_contract(&terms)).await;
        grows(store, "set_vertical_active", tables.set_vertical_active(vertical.id, false)).await;
        grows(store, "set_campaign_active", tables.set_campaign_active(world.campaign, false)).await;
        grows(store, "set_source_active", tables.set_source_active(world.source, false)).await;
        grows(store, "set_buyer_active", tables.set_buyer_active(world.buyers[0], false)).await;
        grows(store, "set_contract_active", tables.set_contract_active(world.contracts[0], false)).await;
        let key = api_key(KeyId::from_bits(next()), world.source);
        grows(store, "create_key", tables.create_key(&key, &hash_of(key.id))).await;
        grows(store, "revoke_key", tables.revoke_key(key.id, NOW)).await;

        // What fails changes nothing.
        let before = store.config_version().await.unwrap();
        assert_eq!(tables.set_buyer_active(BuyerId::from_bits(next()), true).await, Err(StoreError::NotFound));
        let twin = campaign(CampaignId::from_bits(next()), "auto-2");
        assert_eq!(tables.put_campaign(&twin).await, Err(StoreError::Conflict));
        assert_eq!(store.config_version().await.unwrap(), before);
    }

    async fn documents_come_back_as_they_went(db: &Db) {
        let world = World::new(&db.store).await;
        let tables = world.tables(&db.store);
        let mut auto = campaign(world.campaign, "auto");
        auto.name = "Ünïcode 'quoted' \"name\"".to_owned();
        tables.put_campaign(&auto).await.unwrap();
        assert_eq!(tables.campaign(auto.id).await.as_ref(), Ok(&auto));
        assert_eq!(tables.campaign_by_slug("auto").await.as_ref(), Ok(&auto));
        assert_eq!(tables.campaigns().await.unwrap(), [auto.clone()]);
        assert_eq!(tables.source_by_slug("web").await.unwrap(), source(world.source, "web"));
        assert_eq!(tables.source(world.source).await.unwrap().id, world.source);
        assert_eq!(tables.sources().await.unwrap().len(), 1);
        assert_eq!(tables.buyer_by_slug("buyer-1").await.unwrap().id, world.buyers[1]);
        assert_eq!(tables.buyer(world.buyers[0]).await.unwrap(), buyer(world.buyers[0], "buyer-0"));
        assert_eq!(tables.buyers().await.unwrap().len(), 2);
        let terms = contract(world.contracts[0], world.campaign, world.buyers[0]);
        assert_eq!(tables.contract(terms.id).await, Ok(terms));
        assert_eq!(tables.contracts().await.unwrap().len(), 2);
        assert_eq!(tables.verticals().await.unwrap(), []);
        let vertical = Vertical {
            id: VerticalId::from_bits(next()),
            slug: "auto".to_owned(),
            name: "Auto".to_owned(),
            active: true,
            fields: Vec::new(),
        };
        tables.put_vertical(&vertical).await.unwrap();
        assert_eq!(tables.vertical(vertical.id).await.as_ref(), Ok(&vertical));
        assert_eq!(tables.vertical_by_slug("auto").await, Ok(vertical));

        tables.set_campaign_active(auto.id, false).await.unwrap();
        auto.active = false;
        assert_eq!(tables.campaign(auto.id).await, Ok(auto), "the switch is in the document too");
    }

    async fn contracts_refer_to_what_is_there(db: &Db) {
        let world = World::new(&db.store).await;
        let tables = world.tables(&db.store);
        let id = ContractId::from_bits(next());
        let nowhere = contract(id, CampaignId::from_bits(next()), world.buyers[0]);
        assert_eq!(tables.put_contract(&nowhere).await, Err(StoreError::Conflict));
        let nobody = contract(id, world.campaign, BuyerId::from_bits(next()));
        assert_eq!(tables.put_contract(&nobody).await, Err(StoreError::Conflict));
        let no_source = api_key(KeyId::from_bits(next()), SourceId::from_bits(next()));
        assert_eq!(tables.create_key(&no_source, &hash_of(no_source.id)).await, Err(StoreError::Conflict));
    }

    async fn nothing_crosses_tenants(db: &Db) {
        let (world, other) = (World::new(&db.store).await, World::new(&db.store).await);
        let foreign = other.tables(&db.store);
        assert_eq!(foreign.id(), other.tenant);
        assert_eq!(foreign.campaign(world.campaign).await, Err(StoreError::NotFound));
        assert_eq!(foreign.source(world.source).await, Err(StoreError::NotFound));
        assert_eq!(foreign.buyer(world.buyers[0]).await, Err(StoreError::NotFound));
        assert_eq!(foreign.contract(world.contracts[0]).await, Err(StoreError::NotFound));
        assert_eq!(foreign.set_contract_active(world.contracts[0], false).await, Err(StoreError::NotFound));
        assert_eq!(foreign.revoke_key(world.key, NOW).await, Err(StoreError::NotFound));
        // The same short name in two tenants is two things.
        assert_eq!(foreign.campaign_by_slug("auto").await.unwrap().id, other.campaign);
        // A contract cannot reach into another tenant.
        let reaching = contract(ContractId::from_bits(next()), world.campaign, world.buyers[0]);
        assert_eq!(foreign.put_contract(&reaching).await, Err(StoreError::Conflict));
    }

    async fn keys_are_found_by_their_hash(db: &Db) {
        let world = World::new(&db.store).await;
        let tables = world.tables(&db.store);
        let mut second = api_key(KeyId::from_bits(next()), world.source);
        second.campaigns = vec![world.campaign];
        tables.create_key(&second, &hash_of(second.id)).await.unwrap();
        let twin = api_key(KeyId::from_bits(next()), world.source);
        assert_eq!(tables.create_key(&twin, &hash_of(second.id)).await, Err(StoreError::Conflict));
        let row = db.store.find_key(&hash_of(second.id)).await.unwrap();
        assert_eq!((row.tenant_id, &row.key, row.hash), (world.tenant, &second, hash_of(second.id)));
        assert_eq!(db.store.find_key(&[7; 32]).await, Err(StoreError::NotFound));

        tables.revoke_key(second.id, NOW).await.unwrap();
        tables.revoke_key(second.id, NOW.plus_millis(9)).await.unwrap();
        second.revoked_at = Some(NOW);
        assert_eq!(tables.keys().await.unwrap(), [second, api_key(world.key, world.source)]);
        let live = db.store.load_config().await.unwrap().keys;
        assert_eq!(live.iter().map(|row| row.key.id).collect::<Vec<_>>(), [world.key]);
        let mut hook = api_key(KeyId::from_bits(next()), world.source);
        hook.used_as = model::intake::KeyUse::Hook(model::intake::HookFormat::Meta);
        tables.create_hook(&hook, &hash_of(hook.id), &[0, 9, 255]).await.unwrap();
        let row = db.store.find_key(&hash_of(hook.id)).await.unwrap();
        assert_eq!((&row.key, row.secret.as_slice()), (&hook, &[0, 9, 255][..]));
        assert!(db.store.load_config().await.unwrap().keys.contains(&row), "the pipeline gets it");
        let mut open = api_key(KeyId::from_bits(next()), world.source);
        open.used_as = model::intake::KeyUse::Publishable;
        open.origins = vec!["https://quotes.example".to_owned(), "http://127.0.0.1:8080".to_owned()];
        tables.create_key(&open, &hash_of(open.id)).await.unwrap();
        assert_eq!(db.store.find_key(&hash_of(open.id)).await.unwrap().key, open, "with its origins");
    }

    async fn the_whole_configuration(db: &Db) {
        let (world, other) = (World::new(&db.store).await, World::new(&db.store).await);
        let config = db.store.load_config().await.unwrap();
        assert_eq!(config.version, db.store.config_version().await.unwrap());
        assert_eq!(config.tenants.len(), 2);
        assert_eq!(config.sources, [
            (world.tenant, source(world.source, "web")),
            (other.tenant, source(other.source, "web")),
        ]);
        assert_eq!((config.buyers.len(), config.campaigns.len(), config.contracts.len()), (4, 2, 4));
        assert_eq!(config.keys.len(), 2);
        assert!(config.contracts.iter().all(|(tenant, _)| [world.tenant, other.tenant].contains(tenant)));
    }
}
