import { directoryContract } from '../contracts/directory.contract.ts';
import { openHarness as openGoogle } from './google/harness.ts';
import { openHarness as openMicrosoft } from './microsoft/harness.ts';

const GROUP = { id: 'group-1', email: 'group@sim.example', members: [1, 2, 3] };

describe('The directory contract', () => {
  describe('on a simulated Google Workspace', () => {
    let google: Awaited<ReturnType<typeof openGoogle>>;
    before(async () => {
      google = await openGoogle(700);
      google.simulator.control.group(GROUP);
    });
    after(() => google.close());
    directoryContract(() => google.open(), { group: GROUP.email });
  });

  describe('on a simulated Microsoft 365', () => {
    let microsoft: Awaited<ReturnType<typeof openMicrosoft>>;
    before(async () => {
      microsoft = await openMicrosoft(700);
      microsoft.simulator.control.group(GROUP);
    });
    after(() => microsoft.close());
    directoryContract(() => microsoft.open(), { group: GROUP.email });
  });
});
