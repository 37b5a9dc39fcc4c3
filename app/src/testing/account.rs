//! The door, one's own account and all tenants, as the fake knows them.

use super::{Fake, Mood, NOW};
use crate::{
    backend::{
        Backend, Signed,
        account::{Account, Enrolment, Joining, OwnAccount},
        people::SessionRow,
        tenants::{TenantRow, Tenants},
    },
    error::UiError,
};
use async_trait::async_trait;
use model::{
    TenantId, UserId,
    user::{Right, Role},
};

/// The code that the fake takes.
const CODE: &str = "123456";

fn right(code: &str) -> Result<(), UiError> {
    if code == CODE { Ok(()) } else { Err(UiError::Refused("The code is not right. Enter the newest one.".into())) }
}

#[async_trait]
impl Account for Fake {
    async fn half_signed_in(&self) -> Result<bool, UiError> {
        Ok(self.mood == Mood::SignedOut)
    }

    async fn enter_code(&self, code: String) -> Result<(), UiError> {
        right(&code)
    }

    async fn forgot(&self, email: String) -> Result<(), UiError> {
        if email == "often@demo.example" { Err(UiError::TooMany { retry_after_s: 60 }) } else { Ok(()) }
    }

    async fn joining(&self, token: String) -> Result<Joining, UiError> {
        if token != "invitation" && token != "reset" {
            return Err(UiError::NotFound);
        }
        Ok(Joining {
            email: "vera@demo.example".into(),
            name: "Vera".into(),
            role: Role::Viewer,
            tenant: "Demo Leads".into(),
            invited: token == "invitation",
        })
    }

    async fn join(&self, _: String, password: String) -> Result<(), UiError> {
        if password.len() < 12 {
            return Err(UiError::Refused("a password has at least 12 characters".into()));
        }
        Ok(())
    }

    async fn own_account(&self) -> Result<OwnAccount, UiError> {
        let enrolment = Enrolment { secret: "GEZDGNBVGY3TQOJQ".into(), picture: Some((29, "M4 4h1v1h-1z".into())) };
        let session = SessionRow { id: "s".into(), user_id: UserId::from_bits(1), seen: NOW };
        let empty =
            OwnAccount { required: false, second_factor: false, codes: 0, enrolment: None, sessions: vec![session] };
        self.answer(OwnAccount { enrolment: Some(enrolment), ..empty.clone() }, empty)
    }

    async fn begin_factor(&self) -> Result<(), UiError> {
        Ok(())
    }

    async fn confirm_factor(&self, code: String) -> Result<Vec<String>, UiError> {
        right(&code).map(|()| vec!["aaaa-bbbb-cccc-dddd".into(), "eeee-ffff-gggg-hhhh".into()])
    }

    async fn renew_codes(&self, code: String) -> Result<Vec<String>, UiError> {
        self.confirm_factor(code).await
    }

    async fn remove_factor(&self, code: String) -> Result<(), UiError> {
        right(&code)
    }

    async fn end_own_session(&self, _: String) -> Result<(), UiError> {
        Ok(())
    }

    async fn change_password(&self, old: String, _: String) -> Result<(), UiError> {
        if old == "right" { Ok(()) } else { Err(UiError::Refused("The present password is not right.".into())) }
    }
}

impl Fake {
    fn runs(self) -> Result<(), UiError> {
        if self.role == Role::Admin { self.answer((), ()) } else { Err(UiError::Forbidden) }
    }
}

#[async_trait]
impl Tenants for Fake {
    async fn tenants(&self) -> Result<Vec<TenantRow>, UiError> {
        self.runs()?;
        let Signed { tenant: own, user, .. } = self.session().await?.ok_or(UiError::SignedOut)?;
        debug_assert!(user.may(Right::RunServer));
        let mut other = own.clone();
        (other.id, other.slug, other.name) = (TenantId::from_bits(2), "other".into(), "Other Leads".into());
        let mut third = other.clone();
        (third.id, third.name, third.active) = (TenantId::from_bits(3), "Third Leads".into(), false);
        (third.settings.suspended, third.settings.people) = ("does not pay".into(), Some(5));
        let row = |tenant| TenantRow { tenant, people: 4, leads: 1_204, sold: 903 };
        Ok([own, other, third].map(row).to_vec())
    }

    async fn set_limits(&self, _: TenantId, _: Option<u32>, _: Option<u32>) -> Result<(), UiError> {
        self.runs()
    }

    async fn suspend(&self, _: TenantId, reason: String) -> Result<(), UiError> {
        self.runs()?;
        if reason.is_empty() { Err(UiError::Refused("Say why.".into())) } else { Ok(()) }
    }

    async fn resume_tenant(&self, _: TenantId) -> Result<(), UiError> {
        self.runs()
    }

    async fn act_for(&self, _: TenantId, reason: String, _: u32) -> Result<(), UiError> {
        self.suspend(TenantId::from_bits(2), reason).await
    }

    async fn stop_acting(&self) -> Result<(), UiError> {
        Ok(())
    }
}
