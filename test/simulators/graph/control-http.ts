import type { IncomingMessage } from 'node:http';
import { type Actions, answerActions, commonActions, DONE, listOf } from '../shared/control-http.ts';
import type { SimulatedGroup } from '../shared/groups.ts';
import type { Reply } from '../shared/reply.ts';
import type { GraphControl } from './control.ts';
import type { FaultRule } from './fault-rule.ts';
import type { Mutation } from './mutations.ts';

const ACTIONS: Actions<GraphControl> = {
  ...commonActions<Mutation, FaultRule>(),
  'POST groups': (control, body) => {
    for (const group of listOf<SimulatedGroup>(body)) control.group(group);
    return DONE;
  },
  'POST consent': (control, body) => {
    control.consent(listOf<string>(body));
    return DONE;
  },
  'POST expire-secret': (control) => {
    control.expireSecret();
    return DONE;
  },
};

/** Serves the control over HTTP, to this machine only and never to a web page. */
export function answerControl(control: GraphControl, request: IncomingMessage, body: string): Reply {
  return answerActions(ACTIONS, control, request, body);
}
