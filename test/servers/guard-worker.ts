import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import type { Ward } from './guard.ts';

interface Message {
  readonly id: number;
  readonly ward: Ward | null;
}

const PATIENCE_MS = 10_000;
const PAUSE_MS = 20;
const wards = new Map<number, Ward>();

for await (const line of createInterface({ input: process.stdin })) {
  const { id, ward } = JSON.parse(line) as Message;
  if (ward) wards.set(id, ward);
  else wards.delete(id);
}
const left = [...wards.values()];
await Promise.all(left.map(endGroup));
// What a killed server has forked may write for a moment longer.
for (const { folder } of left)
  if (folder) await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });

async function endGroup({ group, signal = 'SIGKILL' }: Ward): Promise<void> {
  if (!group || !send(group, signal) || signal === 'SIGKILL') return;
  const giveUp = performance.now() + PATIENCE_MS;
  while (send(group, 0) && performance.now() < giveUp) await pause(PAUSE_MS);
  send(group, 'SIGKILL');
}

/** Whether there was anybody to get it. */
function send(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
