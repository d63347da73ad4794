import { ENTRA_FLAG } from './entra-flag.ts';
import { ENTRA_LEGACY } from './entra-legacy.ts';
import { JUMPCLOUD } from './jumpcloud.ts';
import { OKTA_OIN } from './okta-oin.ts';
import { OKTA_WIZARD } from './okta-wizard.ts';
import { ONELOGIN } from './onelogin.ts';
import { PINGFEDERATE } from './pingfederate.ts';
import type { Player } from './player.ts';
import { RIPPLING } from './rippling.ts';
import { SAILPOINT } from './sailpoint.ts';

export const PLAYERS: readonly Player[] = [
  OKTA_OIN,
  OKTA_WIZARD,
  ENTRA_LEGACY,
  ENTRA_FLAG,
  ONELOGIN,
  JUMPCLOUD,
  PINGFEDERATE,
  SAILPOINT,
  RIPPLING,
];

/** The players a word means: one by its whole name, or all of a family ("okta"); none for any other word. */
export function playersNamed(word: string): readonly Player[] {
  const exact = PLAYERS.filter(({ name }) => name === word);
  return exact.length > 0 ? exact : PLAYERS.filter(({ name }) => name.startsWith(`${word}-`));
}
