/** What each operation of the API takes and answers, derived from the types that openapi.yaml makes. */
import type { paths } from './schema';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

type Operations = { [P in keyof paths]: { [M in Method]: NonNullable<paths[P][M]> } };
type Has<M extends Method, P extends keyof paths> = [NonNullable<paths[P][M]>] extends [never] ? never : P;

/** The paths that know the method. */
export type PathOf<M extends Method> = { [P in keyof paths]: Has<M, P> }[keyof paths];

type Operation<M extends Method, P extends keyof paths> = Operations[P][M];
type Json<R> = R extends { content: { 'application/json': infer T } } ? T : null;

/** The JSON of the success answer; null where it has no body. */
export type Answer<M extends Method, P extends keyof paths> =
  Operation<M, P> extends { responses: infer R }
    ? R extends { 200: infer A }
      ? Json<A>
      : R extends { 201: infer A }
        ? Json<A>
        : R extends { 202: infer A }
          ? Json<A>
          : null
    : never;

type Names<M extends Method, P extends keyof paths> =
  Operation<M, P> extends { parameters: { path: infer T } } ? { path: T } : { path?: never };
type Query<M extends Method, P extends keyof paths> =
  Operation<M, P> extends { parameters: { query?: infer T } } ? { query?: T } : { query?: never };
type Body<M extends Method, P extends keyof paths> =
  Operation<M, P> extends { requestBody: { content: { 'application/json': infer T } } }
    ? { body: T }
    : Operation<M, P> extends { requestBody?: { content: { 'application/json': infer T } } }
      ? { body?: T }
      : { body?: never };

export type Options<M extends Method, P extends keyof paths> = Names<M, P> & Query<M, P> & Body<M, P> & { signal?: AbortSignal };
