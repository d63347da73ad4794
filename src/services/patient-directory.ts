import type { Directory } from '../ports/directory.ts';
import type { StepPlace } from './step-gate.ts';

/** The directory, asked in such a way that whoever waits for it keeps nobody else waiting. */
export function patientDirectory(directory: Directory, { during }: StepPlace): Directory {
  return {
    source: directory.source,
    readPage: (cursor) => during(() => directory.readPage(cursor)),
    tenant: () => during(() => directory.tenant()),
    find: (externalId) => during(() => directory.find(externalId)),
    lookUp: (who) => during(() => directory.lookUp(who)),
    readMembers: (group, cursor) => during(() => directory.readMembers(group, cursor)),
    test: () => during(() => directory.test()),
    testGroup: (group) => during(() => directory.testGroup(group)),
  };
}
