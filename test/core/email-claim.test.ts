import { expect } from 'chai';
import { isAddress } from '../../src/core/email-claim.ts';
import { afterWord, aPerson, google, manual, scim, settingsWith, swept } from './records.ts';

const ON = settingsWith(['scim', 'google']);
const OWN = 'ada.byron@example.com';
const FOREIGN = 'ada@elsewhere.test';

/** A person typed in by hand, with the address `ada@example.com`. */
const typed = (settings = ON) => aPerson(settings, [manual({ email: 'ada@example.com' })]);

describe('§2.3 linking and addresses', () => {
  it('§2.3 linking never changes the address in the same write', () => {
    const linked = afterWord(typed(), scim({ email: OWN, linked: true }), ON, { linking: true });
    expect(linked.email).to.equal('ada@example.com');
    expect(linked.heldEmail).to.deep.equal({ wanted: OWN, source: 'scim', reason: 'linking' });
  });

  it('§2.3 a hold that began with the link lasts while the source says the same', () => {
    const linked = afterWord(typed(), scim({ email: OWN, linked: true }), ON, { linking: true });
    const retitled = afterWord(linked, scim({ email: OWN, linked: true, attributes: { title: 'Countess' } }), ON);
    expect([retitled.email, retitled.heldEmail?.reason]).to.deep.equal(['ada@example.com', 'linking']);
    expect(swept(retitled, ON)).to.equal(retitled);
  });

  it('§2.3 … until the source says another address', () => {
    const linked = afterWord(typed(), scim({ email: OWN, linked: true }), ON, { linking: true });
    const moved = afterWord(linked, scim({ email: 'lovelace@example.com', linked: true }), ON);
    expect([moved.email, moved.heldEmail]).to.deep.equal(['lovelace@example.com', null]);
  });

  it('§2.3 … or an admin confirms', () => {
    const linked = afterWord(typed(), scim({ email: FOREIGN, linked: true }), ON, { linking: true });
    const moved = swept(linked, ON, { confirmed: true });
    expect([moved.email, moved.heldEmail]).to.deep.equal([FOREIGN, null]);
    expect(swept(moved, ON)).to.equal(moved);
  });

  it('§2.3 the link of one source does not touch what another one waits for', () => {
    const owned = aPerson(ON, [scim({ email: 'ada@example.com' })]);
    const waiting = afterWord(owned, scim({ email: OWN }), ON, { taken: true });
    const linked = afterWord(waiting, google({}, { email: 'ada@example.com', linked: true }), ON, {
      linking: true,
      taken: true,
    });
    expect(linked.heldEmail).to.deep.equal({ wanted: OWN, source: 'scim', reason: 'taken' });
    expect(swept(linked, ON).email).to.equal(OWN);
  });

  it('§2.3 a link by another source does not outlast a change of domains', () => {
    const held = aPerson(ON, [
      manual({ email: 'ada@example.com' }),
      google({}, { email: 'ada@example.com', linked: true }),
    ]);
    const foreign = afterWord(held, google({ hash: '2' }, { email: FOREIGN, linked: true }), ON);
    expect(foreign.heldEmail?.reason).to.equal('foreign_domain');
    const both = afterWord(foreign, scim({ linked: true }), ON, { linking: true });
    expect(both.heldEmail?.reason).to.equal('foreign_domain');
    expect(swept(both, settingsWith(['scim', 'google'], { domains: ['elsewhere.test'] })).email).to.equal(FOREIGN);
  });
});

describe('§2.3 who may change an address, and to what', () => {
  const linkedScim = (email: string) => scim({ email, linked: true });
  const linked = (settings = ON) =>
    aPerson(settings, [manual({ email: 'ada@example.com' }), linkedScim('ada@example.com')]);

  it("§2.3 a source may change a linked person's address to the organization's own domains", () =>
    expect(afterWord(linked(), linkedScim(OWN), ON).email).to.equal(OWN));

  it('§2.3 … and to no other', () => {
    const held = afterWord(linked(), linkedScim(FOREIGN), ON);
    expect([held.email, held.heldEmail?.reason]).to.deep.equal(['ada@example.com', 'foreign_domain']);
  });

  for (const near of ['ada@notexample.com', 'ada@sub.example.com', 'ada@example.com.evil.test', 'ada@example.co'])
    it(`§2.3 … which ${near} is not`, () =>
      expect(afterWord(linked(), linkedScim(near), ON).email).to.equal('ada@example.com'));

  it('§2.3 own domains are compared folded', () =>
    expect(afterWord(linked(), linkedScim('Ada.Byron@EXAMPLE.com'), ON).email).to.equal('Ada.Byron@EXAMPLE.com'));

  it('§2.3 with no domain set: never without confirmation', () => {
    const none = settingsWith(['scim'], { domains: [] });
    const held = afterWord(linked(none), linkedScim(OWN), none);
    expect(held.heldEmail?.reason).to.equal('foreign_domain');
    expect(swept(held, none, { confirmed: true }).email).to.equal(OWN);
  });

  it('§2.3 a linked source may not take the address away either', () => {
    const held = afterWord(linked(), scim({ email: null, linked: true }), ON);
    expect([held.email, held.heldEmail?.wanted]).to.deep.equal(['ada@example.com', null]);
  });

  it('§2.3 people a source created itself change freely', () => {
    const created = aPerson(ON, [scim({ email: 'ada@example.com' })]);
    expect(afterWord(created, scim({ email: FOREIGN }), ON).email).to.equal(FOREIGN);
    expect(afterWord(created, scim({ email: null }), ON).email).to.equal(null);
  });

  it('§2.3 what an admin types moves freely', () =>
    expect(afterWord(typed(), manual({ email: FOREIGN }), ON).email).to.equal(FOREIGN));

  it('§2.3 a held change is no failure: the record stores what the source said, and the address stays', () => {
    const held = afterWord(linked(), scim({ email: FOREIGN, linked: true, attributes: { title: 'Countess' } }), ON);
    expect(held.records.find(({ source }) => source === 'scim')?.email).to.equal(FOREIGN);
    expect([held.email, held.attributes.title]).to.deep.equal(['ada@example.com', 'Countess']);
  });

  it('§2.3 a foreign domain is judged anew whenever the person is settled', () => {
    const held = afterWord(linked(), linkedScim(FOREIGN), ON);
    expect(swept(held, settingsWith(['scim'], { domains: ['elsewhere.test'] })).email).to.equal(FOREIGN);
  });
});

describe('§2.3 addresses are claimed, not resolved', () => {
  const created = aPerson(ON, [scim({ email: 'ada@example.com' })]);

  it('§2.3 the holder keeps a taken address', () => {
    const held = afterWord(created, scim({ email: OWN }), ON, { taken: true });
    expect([held.email, held.heldEmail]).to.deep.equal([
      'ada@example.com',
      { wanted: OWN, source: 'scim', reason: 'taken' },
    ]);
  });

  it('§2.3 a taken address moves as soon as it is free', () => {
    const held = afterWord(created, scim({ email: OWN }), ON, { taken: true });
    const moved = swept(held, ON);
    expect([moved.email, moved.heldEmail]).to.deep.equal([OWN, null]);
  });

  it('§2.3 what an admin confirmed stays confirmed while the address is taken', () => {
    const linked = aPerson(ON, [
      manual({ email: 'ada@example.com' }),
      scim({ email: 'ada@example.com', linked: true }),
    ]);
    const foreign = afterWord(linked, scim({ email: FOREIGN, linked: true }), ON);
    const waiting = swept(foreign, ON, { confirmed: true, taken: true });
    expect(waiting.heldEmail?.reason).to.equal('taken');
    expect(swept(waiting, ON, { taken: true })).to.equal(waiting);
    expect(swept(waiting, ON).email).to.equal(FOREIGN);
  });

  it('§2.3 nobody asserts an address: the person keeps theirs', () => {
    const silent = afterWord(created, scim({}), ON);
    expect([silent.email, silent.heldEmail]).to.deep.equal(['ada@example.com', null]);
  });

  it('§2.3 another spelling of the same address is no other address', () => {
    const respelled = afterWord(created, scim({ email: 'Ada@Example.com', linked: true }), ON);
    expect([respelled.email, respelled.heldEmail]).to.deep.equal(['Ada@Example.com', null]);
  });
});

describe('§2.3 what an address is', () => {
  for (const text of ['a@b', 'ada@example.com', 'ada+x@example.com', 'ü@ü'])
    it(`§2.3 ${text} is one`, () => expect(isAddress(text)).to.equal(true));
  for (const text of ['', '@', 'a@', '@b', 'ada', 'a@b@c', 'ada@@example.com'])
    it(`§2.3 ${JSON.stringify(text)} is none`, () => expect(isAddress(text)).to.equal(false));
});
