import { expect } from 'chai';
import { idParser } from '../../workers/id-parser.ts';

describe('The payload of a job', () => {
  it('is exactly the ids named', () => {
    expect(idParser(['organizationId', 'runId'])({ runId: 'r', organizationId: 'o' })).to.deep.equal({
      organizationId: 'o',
      runId: 'r',
    });
  });

  for (const payload of [undefined, null, {}, { runId: '' }, { runId: 7 }, { runId: 'r', people: [] }, 'r', []])
    it(`fails its job when it is ${JSON.stringify(payload)}`, () => {
      expect(() => idParser(['runId'])(payload)).to.throw();
    });
});
