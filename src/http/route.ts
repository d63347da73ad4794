import { z } from 'zod';
import type { ApiScope } from '../core/api-key.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { Actor } from '../core/user.ts';
import type { NamedBytes } from '../services/named-bytes.ts';
import type { SyncDependencies } from '../services/sync-step.ts';

/**
 * Who may call a route: anybody, the operator, or, where a scope is named, also whoever holds a key of the path's organization with
 * this scope. There is no other way and no default.
 */
export type Policy = 'public' | 'operator' | ApiScope;
export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** What the routes work with; built once per process. */
export interface ApiContext {
  readonly deps: SyncDependencies;
  /** Absolute URL this server is reached by, without a trailing slash. */
  readonly publicUrl: () => string;
  /** False once the process shuts down. */
  readonly ready: () => boolean;
  /** The OpenAPI document of the whole table. */
  readonly describe: () => object;
}

type ParameterOf<Path extends string> = Path extends `${infer Head}/${infer Rest}`
  ? ParameterOf<Head> | ParameterOf<Rest>
  : Path extends `:${infer Name}`
    ? Name
    : never;

export type Parameters<Path extends string = string> = { readonly [Name in ParameterOf<Path>]: string };

/** A request as its handler sees it: checked against the row's schemas. */
export interface Call<Path extends string = string, Query = unknown, Body = unknown> {
  readonly params: Parameters<Path>;
  readonly query: Query;
  readonly body: Body;
  /** What an upload sends; nothing for every other call. */
  readonly upload: NamedBytes;
  /** How its type says that they are to be read; null where it does not. */
  readonly charset: string | null;
  /** The version named by If-Match; null when the caller does not care. */
  readonly ifMatch: number | null;
  /** Who calls, and for whom: what a change is stored with. */
  readonly actor: Actor;
}

/** A value and everything in it, for reading only. */
export type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [Name in keyof T]: Frozen<T[Name]> }
    : T;

/** A file that a row takes in. */
export interface Upload {
  readonly mediaType: string;
  readonly megabytes: number;
}

interface RowFacts<Path extends string> {
  readonly method: Method;
  /** With `:name` parameters, as Express writes them. */
  readonly path: Path;
  readonly policy: Policy;
  /** Unique name of the operation in the OpenAPI document. */
  readonly name: string;
  /** One sentence for its reader. */
  readonly summary: string;
  /** 200 unless told; 405: the method is known and never does anything. */
  readonly status?: 200 | 201 | 202 | 204 | 405;
  /** How large the body may be, inflated; 1 unless told. */
  readonly megabytes?: number;
  /** The body may be left out. */
  readonly bodyOptional?: boolean;
  /** Answers carry an ETag made of `version`, and writes heed If-Match. */
  readonly versioned?: boolean;
  /** What is answered is a file, in pieces of text. */
  readonly file?: { readonly mediaType: string; readonly name: string };
  /** The body is a file of this kind, taken in as it comes. */
  readonly upload?: Upload;
  /** Refusals beyond those every route of its kind may give. */
  readonly refusals?: readonly ErrorCode[];
}

interface RouteRow<Path extends string, Query extends z.ZodType, Body extends z.ZodType, Answer extends z.ZodType>
  extends RowFacts<Path> {
  /** Absent: no parameter is known. */
  readonly query?: Query;
  /** Absent: a body is not read. */
  readonly body?: Body;
  /** null: nothing is answered but the head. */
  readonly answer: Answer | null;
  handle(
    context: ApiContext,
    call: Call<Path, z.output<Query>, z.output<Body>>,
  ): Promise<Frozen<z.output<Answer>>> | Frozen<z.output<Answer>>;
}

/** A row of the route table, with its types left behind. */
export interface Route extends RowFacts<string> {
  readonly query: z.ZodType;
  readonly body: z.ZodType | null;
  readonly answer: z.ZodType | null;
  readonly handle: (context: ApiContext, call: Call) => unknown;
}

const NO_QUERY = z.strictObject({});

/** For actions that need no words: nothing, or an empty object. */
export const NO_BODY = z.strictObject({});

/** Declares a row of the route table; the handler is typed by the path and the schemas. */
export function route<
  Path extends string,
  Query extends z.ZodType = typeof NO_QUERY,
  Body extends z.ZodType = typeof NO_BODY,
  Answer extends z.ZodType = z.ZodUndefined,
>(row: RouteRow<Path, Query, Body, Answer>): Route {
  const handle = (context: ApiContext, call: Call) =>
    row.handle(context, call as Call<Path, z.output<Query>, z.output<Body>>);
  return { ...row, query: row.query ?? NO_QUERY, body: row.body ?? null, handle };
}
