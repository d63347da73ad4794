import type { IncomingMessage } from 'node:http';
import { type Actions, answerActions, commonActions, DONE, listOf } from '../shared/control-http.ts';
import type { SimulatedGroup } from '../shared/groups.ts';
import type { Reply } from '../shared/reply.ts';
import type { GoogleControl } from './control.ts';
import type { FaultRule } from './fault-rule.ts';
import type { Mutation } from './mutations.ts';

const ACTIONS: Actions<GoogleControl> = {
  ...commonActions<Mutation, FaultRule>(),
  'POST groups': (control, body) => {
    for (const group of listOf<SimulatedGroup>(body)) control.group(group);
    return DONE;
  },
  'POST delegate': (control, body) => {
    control.delegate(listOf<string>(body));
    return DONE;
  },
};

/** Serves the control over HTTP, to this machine only and never to a web page. */
export function answerControl(control: GoogleControl, request: IncomingMessage, body: string): Reply {
  return answerActions(ACTIONS, control, request, body);
}
