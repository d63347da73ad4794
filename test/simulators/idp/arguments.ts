import { parseArgs } from 'node:util';
import type { Player } from './player.ts';
import { PLAYERS, playersNamed } from './players.ts';

/** What the command line asks for. Without a place, an installation is started for the play. */
export interface Request {
  readonly players: readonly Player[];
  readonly place: { readonly base: string; readonly token: string } | null;
  readonly domain: string;
}

/** A command line nobody can follow; the message says what to write instead. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

export const USAGE = `Plays identity providers against a Rollcall, every call as they really send it.

  npm run play -- okta-oin --url <base> --token <token>   one of them, against your installation
  npm run play -- --all --url <base> --token <token>      all of them
  npm run play -- --all                                   all of them, against one started for it on this machine

Players: ${PLAYERS.map(({ name }) => name).join(', ')}; okta and entra mean both of theirs.
  --url     the base URL an administrator types in: …/scim/v2/<organization>
  --token   a token of a SCIM connection; ROLLCALL_SCIM_TOKEN in the environment does as well
  --domain  where its people have their addresses; example.com unless told

The people it makes are called …@<domain> with a random mark in it, and are deleted over SCIM afterwards; the application keeps
them deactivated, as it keeps everybody.`;

/** Reads the command line; null when help is asked for. Throws UsageError. */
export function readArguments(words: readonly string[], tokenOfEnvironment: string | undefined): Request | null {
  const { values, positionals } = parse(words);
  if (values.help) return null;
  if (values.all && positionals.length > 0) throw new UsageError('name players or say --all, not both');
  if (!values.all && positionals.length === 0) throw new UsageError('name a player, or say --all');
  const players = values.all ? PLAYERS : positionals.flatMap(named);
  return { players, place: readPlace(values.url, values.token ?? tokenOfEnvironment), domain: values.domain };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        all: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        url: { type: 'string' },
        token: { type: 'string' },
        domain: { type: 'string', default: 'example.com' },
      },
    });
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(error.message);
    throw error;
  }
}

function named(word: string): readonly Player[] {
  const players = playersNamed(word);
  if (players.length === 0) throw new UsageError(`there is no player “${word}”`);
  return players;
}

function readPlace(url: string | undefined, token: string | undefined): Request['place'] {
  if (url === undefined) return null;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new UsageError(`--url must be an address that begins with http:// or https://, not “${url}”`);
  if (!token) throw new UsageError('--url needs a --token of that installation’s SCIM connection');
  return { base: url.replace(/\/+$/, ''), token };
}
