import { defineErrors } from '../../foundation/errors.ts'

interface Named extends Record<string, unknown> {
  readonly name: string
}

export const secretsErrors = defineErrors('SECRETS', {
  APP_NOT_FOUND: {
    kind: 'not_found',
    message: 'There is no such app, or you have not installed it.',
  },
  NOT_DECLARED: {
    kind: 'forbidden',
    message: (details: Named) => `The app does not declare a secret named "${details.name}".`,
    hint: 'Declare it with ext.secret({ name, description }) and deploy.',
    wireDetail: () => ({ error_code: 'SECRET_NOT_DECLARED' }),
  },
  NOT_SET: {
    kind: 'not_found',
    message: (details: Named) => `The secret "${details.name}" is declared and has no value.`,
    wireDetail: () => ({ error_code: 'SECRET_NOT_SET' }),
  },
  FOREIGN_APP: {
    kind: 'forbidden',
    message: 'X-Ext-Id must name the app whose secret is asked for, and X-Acting-User its user.',
  },
  WRITE_FORBIDDEN: {
    kind: 'forbidden',
    message: (details: Named & { by: string; write_mode: string }) =>
      `The secret "${details.name}" has write mode "${details.write_mode}" and cannot be written by the ${details.by}.`,
    wireDetail: () => ({ error_code: 'SECRET_WRITE_FORBIDDEN' }),
  },
  TOO_LARGE: {
    kind: 'too_large',
    message: (details: Named & { length: number; max_bytes: number }) =>
      `The value of "${details.name}" takes ${details.length} bytes; the app allows ${details.max_bytes}.`,
    wireDetail: () => ({ error_code: 'SECRET_TOO_LARGE' }),
  },
  VAULT_UNAVAILABLE: {
    kind: 'unavailable',
    message: 'The secrets of this installation cannot be reached at the moment.',
    hint: 'Try again; if it lasts, the operator checks the database and the key file with `imperal doctor`.',
    wireDetail: () => ({ error_code: 'VAULT_UNAVAILABLE' }),
  },
})
