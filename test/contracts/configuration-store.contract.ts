import { expect } from 'chai';
import { aConfiguration, anAttribute, aSchema } from '../fixtures/configurations.ts';
import { ORGANIZATION } from '../fixtures/users.ts';
import { eachWithStores, type OpenStores, refused } from './open-stores.ts';

/** What every ConfigurationStore promises. */
export function configurationStoreContract(open: OpenStores): void {
  const test = eachWithStores(open);
  const configurations = () => test.stores.configurations;

  it('has version 0 and nothing in it until something is saved', async () => {
    const none = { organizationId: ORGANIZATION, version: 0, schemas: [], resourceTypes: [] };
    expect(await configurations().get(ORGANIZATION)).to.deep.equal(none);
    expect(await configurations().recent(ORGANIZATION)).to.deep.equal(none);
  });

  it('keeps what is saved, name by name, and shows it to whoever saved it at once', async () => {
    await configurations().recent(ORGANIZATION);
    const reference = anAttribute({ name: '$ref', type: 'reference', referenceTypes: ['external'] });
    const schema = aSchema({
      attributes: [anAttribute({ name: 'owner', type: 'complex', subAttributes: [reference] })],
    });
    const first = aConfiguration({ schemas: [schema] });
    await configurations().save(first);
    expect(await configurations().recent(ORGANIZATION)).to.deep.equal(first);
    const second = aConfiguration({ version: 2, schemas: [], resourceTypes: [] });
    await configurations().save(second);
    expect(await configurations().recent(ORGANIZATION)).to.deep.equal(second);
    expect(await configurations().get(ORGANIZATION)).to.deep.equal(second);
  });

  it('swaps only what was read: of those who race one wins', async () => {
    await configurations().save(aConfiguration());
    await refused(configurations().save(aConfiguration()), 'stale');
    await refused(configurations().save(aConfiguration({ version: 3 })), 'stale');
    const races = Array.from({ length: 10 }, (_, n) =>
      configurations().save(aConfiguration({ version: 2, schemas: [aSchema({ description: String(n) })] })),
    );
    const outcomes = await Promise.allSettled(races);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
    const winner = outcomes.findIndex(({ status }) => status === 'fulfilled');
    const stored = await configurations().get(ORGANIZATION);
    expect(stored.schemas[0]?.description).to.equal(String(winner));
  });
}
