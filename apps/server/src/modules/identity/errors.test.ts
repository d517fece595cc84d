import {
  type AnyRoute,
  agencies,
  auth,
  keys,
  me,
  oidc,
  roles,
  scopes,
  tenantDefaults,
  tenants,
  users,
} from '@imperal/contract'
import { expect, test } from 'vitest'
import { identityErrors } from './errors.ts'

// What any route may answer because of the credential that came with it.
const OF_CREDENTIALS = [
  'IDENTITY_CREDENTIAL_INVALID',
  'IDENTITY_TOKEN_EXPIRED',
  'IDENTITY_ACCOUNT_CLOSED',
  'IDENTITY_TWO_CREDENTIALS',
  'IDENTITY_ACTING_USER_UNKNOWN',
  'IDENTITY_ACTING_TENANT_MISMATCH',
  'IDENTITY_ACTING_AGENCY_MISMATCH',
  'IDENTITY_SERVICE_NETWORK',
  'IDENTITY_CALL_TOKEN_INVALID',
  'IDENTITY_CALL_TOKEN_EXPIRED',
  'IDENTITY_CALL_TOKEN_REPLAYED',
]
// What `enrolDeveloper` throws to the module that has the route.
const OF_OTHER_ROUTES = ['IDENTITY_ALREADY_DEVELOPER']

test('the catalog holds the codes that the routes name, and no others', () => {
  const areas = [agencies, auth, keys, me, oidc, roles, scopes, tenantDefaults, tenants, users]
  const named = areas
    .flatMap((area): AnyRoute[] => Object.values(area))
    .flatMap((route): readonly string[] => route.errors ?? [])
    .filter((code) => code.startsWith('IDENTITY_'))
  const expected = new Set([...named, ...OF_CREDENTIALS, ...OF_OTHER_ROUTES])
  expect([...identityErrors.entries.keys()].sort()).toEqual([...expected].sort())
})
