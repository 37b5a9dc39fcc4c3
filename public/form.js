/*! Gavel form.js: sends a form's leads to the exchange it is served from. Documented in server/docs/INTAKE.md. */
(() => {
  'use strict';

  // The tracker's own click ids first: postbacks go to the tracker. Those of advertising networks after them.
  const CLICKS = [
    'click_id', 'clickid', 'ef_click_id', '_ef_transaction_id', 'ef_transaction_id', 'transaction_id', 'tune_click_id', 'aff_click_id',
    'gclid', 'gbraid', 'wbraid', 'fbclid', 'msclkid', 'ttclid', 'twclid', 'li_fat_id', 'rdt_cid', 'epik', 'ScCid', 'irclickid',
  ];
  const LABELS = [1, 2, 3, 4, 5].map((n) => [`sub${n}`, `s${n}`, n === 1 ? 'aff_sub' : `aff_sub${n}`]);
  const CERTIFICATES = { xxTrustedFormCertUrl: 'trustedform', universal_leadid: 'jornaya' };
  const MEMORY = 'gavel';
  const CHECK_MS = 2500;
  const SEND_MS = 45000;
  const WORDS = {
    one: 'One thing is to be put right.',
    many: 'These things are to be put right: ',
    missing: 'This is required.',
    use: 'Use ',
    sending: 'Sending…',
    thanks: 'Thank you. We have received what you sent.',
    often: 'Too many attempts. Wait a minute, then try again.',
    failed: 'This could not be sent. Nothing you entered is lost: try again.',
  };

  // ---- What the address says, kept over the pages of one visit.
  const remember = () => {
    let kept = {};
    try { kept = JSON.parse(sessionStorage.getItem(MEMORY) || '{}'); } catch { /* no storage: this page's address is all there is */ }
    kept.sent ||= {};
    kept.seen ||= {};
    for (const [name, value] of new URLSearchParams(location.search)) if (value && name.length < 60) kept.seen[name] = value.slice(0, 200);
    keep(kept);
    return kept;
  };
  const keep = (kept) => {
    try { sessionStorage.setItem(MEMORY, JSON.stringify(kept)); } catch { /* full or closed: only this page remembers */ }
  };
  const memory = remember();

  /** Where the lead came from: the source's labels and the click, with what else identifies a click as fields. */
  const origin = (form) => {
    const source = {};
    const rest = {};
    LABELS.forEach((names, at) => {
      // data-gavel-sub1="utm_campaign" says from which parameter a label is taken.
      const own = form.getAttribute(`data-gavel-sub${at + 1}`);
      const name = [own, ...names].find((name) => name && memory.seen[name]);
      if (name) source[`sub${at + 1}`] = memory.seen[name];
    });
    for (const name of CLICKS) {
      if (!memory.seen[name]) continue;
      if (source.click_id) rest[name] = memory.seen[name];
      else source.click_id = memory.seen[name];
    }
    return { source, rest };
  };

  // ---- From the form to the body of POST /api/v1/leads.
  const text = (element) => element.textContent.replace(/\s+/g, ' ').trim();

  const read = (form, agreed) => {
    const { source, rest } = origin(form);
    const body = { fields: rest, source, consent: {}, certificates: {} };
    for (const [name, value] of new FormData(form)) {
      if (typeof value !== 'string' || name === 'idempotency_key') continue;
      const [part, member] = name.split('.');
      if (CERTIFICATES[name]) body.certificates[CERTIFICATES[name]] = value;
      else if (name.startsWith('xxTrustedForm')) continue;
      else if (member && ['consent', 'source', 'certificates'].includes(part)) body[part][member] = value || body[part][member];
      else if (name === 'campaign' || name === 'external_id') body[name] = value;
      else body.fields[name] = value;
    }
    for (const [name, value] of Object.entries(body.certificates)) if (!value) delete body.certificates[name];
    if (!body.consent.signature) {
      delete body.consent;
      return body;
    }
    // What the person read wins over what the form says it was.
    const words = form.querySelector('[data-gavel-consent]');
    if (words) {
      body.consent.text = text(words);
      const version = words.getAttribute('data-gavel-consent');
      if (version) body.consent.text_version = version;
    }
    body.consent.page_url ||= location.href.split('#')[0];
    body.consent.user_agent ||= navigator.userAgent;
    body.consent.granted_at ||= agreed;
    return body;
  };

  /** A number that tells two bodies apart (cyrb53); nothing personal is kept. */
  const print = (words) => {
    let [a, b] = [0xdeadbeef, 0x41c6ce57];
    for (let at = 0; at < words.length; at++) {
      const code = words.charCodeAt(at);
      a = Math.imul(a ^ code, 2654435761);
      b = Math.imul(b ^ code, 1597334677);
    }
    a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
    b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
    return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36);
  };

  const random = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

  /** The same values again, by a double click or after a reload, are the same lead: same key, same time of consent. */
  const identify = (body) => {
    const at = body.consent && body.consent.granted_at;
    const bare = JSON.stringify({ ...body, consent: body.consent && { ...body.consent, granted_at: '' } });
    const known = (memory.sent[print(bare)] ||= { key: random(), at });
    if (body.consent) body.consent.granted_at = known.at;
    keep(memory);
    return known.key;
  };

  // ---- Faults beside the fields.
  const named = (form, name) => {
    const found = form.elements.namedItem(name);
    return found && found.tagName ? found : found && found[0];
  };

  const beside = (input, kind) => {
    const id = `gavel-${kind}-${input.name.replace(/\W/g, '-')}`;
    let note = document.getElementById(id);
    if (!note) {
      note = document.createElement('p');
      note.id = id;
      note.className = `gavel-${kind}`;
      const choice = ['checkbox', 'radio'].includes(input.type);
      const place = (choice && (input.closest('fieldset') || input.closest('label'))) || input;
      if (place.tagName === 'FIELDSET') place.append(note);
      else place.after(note);
      const described = (input.getAttribute('aria-describedby') || '').split(' ').filter(Boolean);
      input.setAttribute('aria-describedby', [...described, id].join(' '));
    }
    return note;
  };

  const fault = (input, message) => {
    input.setAttribute('aria-invalid', 'true');
    beside(input, 'fault').textContent = message;
  };

  const clear = (input) => {
    if (!input.name) return;
    input.removeAttribute('aria-invalid');
    for (const kind of ['fault', 'hint']) {
      const id = `gavel-${kind}-${input.name.replace(/\W/g, '-')}`;
      const note = document.getElementById(id);
      if (!note) continue;
      note.remove();
      const described = (input.getAttribute('aria-describedby') || '').split(' ').filter((word) => word && word !== id);
      if (described.length) input.setAttribute('aria-describedby', described.join(' '));
      else input.removeAttribute('aria-describedby');
    }
  };

  const hint = (input, suggestion) => {
    const note = beside(input, 'hint');
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = WORDS.use + suggestion;
    button.addEventListener('click', () => {
      input.value = suggestion;
      clear(input);
      input.focus();
    });
    note.replaceChildren(button);
  };

  // ---- One form.
  const attach = (form) => {
    if (form.gavel) return;
    form.gavel = true;
    const action = new URL(form.action, location.href);
    const key = action.pathname.split('/').pop();
    const words = { ...WORDS };
    for (const name of Object.keys(WORDS)) words[name] = form.getAttribute(`data-gavel-${name}`) || WORDS[name];
    const status = document.createElement('div');
    status.className = 'gavel-status';
    status.setAttribute('role', 'status');
    status.tabIndex = -1;
    form.prepend(status);
    form.noValidate = true;
    let busy = false;
    let agreed = '';
    const checked = new Map();

    const ask = async (path, body, headers, ms) => {
      const stop = new AbortController();
      const timer = setTimeout(() => stop.abort(), ms);
      try {
        return await fetch(action.origin + path, {
          method: 'POST', mode: 'cors', credentials: 'omit', signal: stop.signal, referrerPolicy: 'strict-origin-when-cross-origin',
          headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
          body: JSON.stringify(body),
        });
      } finally {
        clearTimeout(timer);
      }
    };

    /** What the exchange says of a phone number or an address; nothing when it does not answer: it is judged again later. */
    const kindOf = (input) => input.getAttribute('data-gavel-check') || { tel: 'phone', email: 'email' }[input.type];
    const check = (input) => {
      const kind = kindOf(input);
      const value = input.value.trim();
      if (!kind || kind === 'off' || !value) return Promise.resolve(null);
      const name = `${kind} ${value}`;
      if (!checked.has(name)) {
        const answer = ask(`/api/v1/validate/${kind}`, { [kind]: value }, {}, CHECK_MS)
          .then((response) => (response.ok ? response.json() : null))
          .catch(() => null);
        checked.set(name, answer.then((told) => { if (!told) checked.delete(name); return told; }));
      }
      return checked.get(name);
    };

    /** Shows what was said; whether the form may go on. A suggestion holds it once. */
    const judge = async (input) => {
      const told = await check(input);
      if (!told) return true;
      if (!told.valid) {
        fault(input, told.faults.map((wrong) => wrong.message).join(' '));
        return false;
      }
      const shown = input.gavelShown === input.value;
      if (told.suggestion && !shown) {
        hint(input, told.suggestion);
        input.gavelShown = input.value;
        return false;
      }
      return true;
    };

    const say = (message, loud) => {
      status.setAttribute('role', loud ? 'alert' : 'status');
      status.textContent = message;
    };

    const summary = (wrong, others) => {
      const count = wrong.length + others.length;
      const first = count === 1 ? words.one : `${words.many}${count}.`;
      say([first, ...others].join(' '), true);
      (wrong[0] || status).focus();
    };

    const local = () => {
      const wrong = [];
      for (const input of form.elements) {
        if (!input.name || !input.willValidate || input.validity.valid) continue;
        if (wrong.some((have) => have.name === input.name)) continue;
        fault(input, input.validity.valueMissing ? input.getAttribute('data-gavel-missing') || words.missing : input.validationMessage);
        wrong.push(input);
      }
      return wrong;
    };

    const release = () => {
      busy = false;
      form.removeAttribute('aria-busy');
      for (const button of form.querySelectorAll('[type=submit], button:not([type])')) button.removeAttribute('aria-disabled');
    };

    const refused = (error) => {
      const [wrong, others] = [[], []];
      for (const { field, message } of error.fields || []) {
        const input = named(form, field.replace(/^fields\./, '')) || (field.startsWith('consent') && named(form, 'consent.signature'));
        if (input && input.type !== 'hidden') {
          fault(input, message);
          wrong.push(input);
        } else others.push(message);
      }
      if (wrong.length + others.length) summary(wrong, others);
      else say(words.failed, true);
    };

    /** Where the person goes next; only to a web address. */
    const onwards = (answer) => {
      const event = new CustomEvent('gavel:answer', { bubbles: true, cancelable: true, detail: answer });
      if (!form.dispatchEvent(event)) return;
      let next = null;
      try { next = new URL(answer.redirect_url); } catch { /* none was given */ }
      if (next && /^https?:$/.test(next.protocol)) {
        location.assign(next);
        return;
      }
      form.replaceChildren(status);
      say(words.thanks, false);
      status.focus();
    };

    /** The way without script, when the browser cannot reach us by script: the same key, so it is the same lead. */
    const plainly = (key) => {
      let input = named(form, 'idempotency_key');
      if (!input) {
        input = document.createElement('input');
        input.type = 'hidden';
        input.name = 'idempotency_key';
        form.append(input);
      }
      input.value = key;
      HTMLFormElement.prototype.submit.call(form);
    };

    const send = async () => {
      for (const input of form.elements) clear(input);
      say('', false);
      const wrong = local();
      if (!wrong.length) {
        const asked = [...form.elements].filter((input) => input.name && kindOf(input));
        const right = await Promise.all(asked.map(judge));
        asked.forEach((input, at) => { if (!right[at]) wrong.push(input); });
      }
      if (wrong.length) {
        summary(wrong, []);
        return release();
      }
      say(words.sending, false);
      const body = read(form, agreed || new Date().toISOString());
      const id = identify(body);
      let response;
      try {
        response = await ask('/api/v1/leads', body, { 'idempotency-key': id }, SEND_MS);
      } catch (error) {
        if (error.name !== 'AbortError') return plainly(id);
        say(words.failed, true);
        return release();
      }
      const told = await response.json().catch(() => null);
      if (response.ok && told) return onwards(told);
      // The same lead with other words: it was received before.
      if (response.status === 409) return onwards({ status: 'received' });
      if (response.status === 429) say(words.often, true);
      else if (told && told.error) refused(told.error);
      else say(words.failed, true);
      release();
    };

    form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (busy) return;
      busy = true;
      form.setAttribute('aria-busy', 'true');
      for (const button of form.querySelectorAll('[type=submit], button:not([type])')) button.setAttribute('aria-disabled', 'true');
      send().catch(() => {
        say(words.failed, true);
        release();
      });
    });
    // While it is being mended, not when it is left: what moves then moves under the pointer that is about to press.
    form.addEventListener('input', (event) => clear(event.target));
    form.addEventListener('change', (event) => {
      const input = event.target;
      if (input.name === 'consent.signature') agreed = input.checked ? new Date().toISOString() : '';
      if (kindOf(input)) judge(input);
    });
    addEventListener('pageshow', (event) => { if (event.persisted) release(); });
  };

  const begin = () => document.querySelectorAll('form[data-gavel]').forEach(attach);
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', begin);
  else begin();
  window.Gavel = { attach };
})();
