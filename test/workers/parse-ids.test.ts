import { expect } from 'chai';
import { parseIds } from '../../workers/parse-ids.ts';

describe('The payload of a job', () => {
  it('is exactly the ids named', () => {
    expect(parseIds({ runId: 'r', organizationId: 'o' }, ['organizationId', 'runId'])).to.deep.equal({
      organizationId: 'o',
      runId: 'r',
    });
  });

  for (const payload of [undefined, null, {}, { runId: '' }, { runId: 7 }, { runId: 'r', people: [] }, 'r', []])
    it(`fails its job when it is ${JSON.stringify(payload)}`, () => {
      expect(() => parseIds(payload, ['runId'])).to.throw();
    });
});
