import type { Reply } from '../shared/reply.ts';

/** An error of the Directory API, in its older JSON form. */
export function apiError(status: number, reason: string, message: string, domain = 'global'): Reply {
  return { status, body: { error: { code: status, message, errors: [{ message, domain, reason }] } } };
}

/** An error of the token endpoint. */
export function tokenError(status: number, error: string, description: string): Reply {
  return { status, body: { error, error_description: description } };
}

export const UNAUTHENTICATED: Reply = {
  status: 401,
  body: {
    error: {
      code: 401,
      message: 'Invalid Credentials',
      errors: [
        {
          message: 'Invalid Credentials',
          domain: 'global',
          reason: 'authError',
          location: 'Authorization',
          locationType: 'header',
        },
      ],
      status: 'UNAUTHENTICATED',
    },
  },
};
