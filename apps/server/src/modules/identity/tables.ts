import type { JsonObject } from '@imperal/contract'
import type { Generated } from 'kysely'

export interface TenantTable {
  tenant_id: string
  name: string
  parent_tenant_id: string | null
  is_active: Generated<boolean>
  isolation: Generated<string>
  signup_open: Generated<boolean>
  features: Generated<JsonObject>
  default_scopes: Generated<string[]>
  settings: Generated<JsonObject>
  allowed_auth_methods: Generated<string>
  max_connections: Generated<number>
  defaults: Generated<JsonObject>
  created_at: Generated<Date>
  updated_at: Generated<Date>
}

export interface RoleTable {
  id: Generated<string>
  tenant_id: string
  name: string
  display_name: Generated<string>
  default_scopes: Generated<string[]>
  denied_scopes: Generated<string[]>
  default_extensions: Generated<string[]>
  default_attributes: Generated<JsonObject>
  confirmation_policy: Generated<'enforced' | 'default_on' | 'default_off' | 'disabled'>
  max_concurrent_tasks: Generated<number>
  monthly_action_limit: Generated<number>
  context_window: Generated<number>
  is_system: Generated<boolean>
  created_at: Generated<Date>
  updated_at: Generated<Date>
}

export type AccountStatus = 'pending_verification' | 'active' | 'inactive' | 'erased'

export interface AccountTable {
  user_id: string
  tenant_id: string
  email: string
  password_hash: string | null
  status: AccountStatus
  auth_method: Generated<string>
  role: Generated<string>
  scopes: Generated<string[]>
  denied_scopes: Generated<string[]>
  attributes: Generated<JsonObject>
  agency_id: string | null
  org_id: string | null
  first_name: Generated<string>
  last_name: Generated<string>
  nickname: string | null
  cases_user_id: number | null
  developer_tier: string | null
  developer_profile: JsonObject | null
  developer_since: Date | null
  created_at: Date
  updated_at: Date
  verified_at: Date | null
  last_login_at: Date | null
}

interface UserSettingsTable {
  user_id: string
  tenant_id: string
  settings: JsonObject
  llm_key_sealed: string | null
  updated_at: Date
}

interface EmailTokenTable {
  token_hash: Buffer
  tenant_id: string
  user_id: string
  purpose: 'verify_email' | 'reset_password'
  created_at: Date
  expires_at: Date
}

export interface SessionTable {
  session_id: string
  tenant_id: string
  user_id: string
  label: string
  surface: string
  token_use: 'cli' | null
  access_seconds: number
  ip_address: string | null
  user_agent: string | null
  created_at: Date
  updated_at: Date
  last_seen_at: Date
  idle_ends_at: Date
  ends_at: Date
  revoked_at: Date | null
  revoke_reason: string | null
}

interface RefreshTokenTable {
  token_hash: Buffer
  tenant_id: string
  session_id: string
  issued_at: Date
  expires_at: Date
  used_at: Date | null
  replaced_by: Buffer | null
  successor_sealed: string | null
}

interface ApiKeyTable {
  key_id: string
  tenant_id: string
  user_id: string
  key_hash: Buffer
  key_prefix: string
  name: string
  scopes: string
  created_at: Date
  last_used_at: Date | null
  revoked_at: Date | null
}

export interface DeviceLoginTable {
  device_hash: Buffer
  user_code: string
  code_challenge: string
  client_name: string
  surface: string
  ip_address: string | null
  user_agent: string | null
  status: 'pending' | 'approved' | 'denied' | 'consumed' | 'dead'
  poll_seconds: number
  polled_at: Date | null
  wrong_verifiers: number
  tenant_id: string | null
  user_id: string | null
  label: string | null
  created_at: Date
  expires_at: Date
}

interface CliCodeTable {
  code_hash: Buffer
  tenant_id: string
  user_id: string
  code_challenge: string
  redirect_uri: string
  expires_at: Date
}

interface OidcAttemptTable {
  state_hash: Buffer
  browser_hash: Buffer
  verifier_sealed: string
  nonce: string
  next: string
  code_hash: Buffer | null
  user_id: string | null
  created_at: Date
  expires_at: Date
}

interface ExternalLoginTable {
  issuer: string
  subject: string
  tenant_id: string
  user_id: string
  created_at: Date
}

interface SigningKeyTable {
  kid: string
  public_jwk: JsonObject
  private_sealed: string
  created_at: Date
  signs_from: Date
}

export interface AgencyTable {
  tenant_id: string
  agency_id: string
  display_name: string
  domain: string | null
  settings: JsonObject
  theme: Generated<JsonObject>
  created_at: Date
  updated_at: Date
}

export interface ScopeTable {
  id: Generated<number>
  tenant_id: string
  name: string
  resource: string
  action: string
  display_name: Generated<string>
  description: Generated<string>
  source: ScopeSource
  source_id: string | null
  is_system: Generated<boolean>
  created_at: Generated<Date>
}

export type ScopeSource = 'platform' | 'tenant' | 'extension' | 'role' | 'user'

interface ChoreTable {
  user_id: string
  tenant_id: string
  kind: 'welcome' | 'erase'
  created_at: Date
  attempts: Generated<number>
  leased_until: Date | null
}

interface UsedCallTokenTable {
  jti_hash: Buffer
  expires_at: Date
  first_used_at: Date
}

interface AttemptTable {
  purpose: string
  subject_hash: Buffer
  window_started_at: Date
  tries: number
  locks: Generated<number>
  locked_until: Date | null
}

declare module '../../foundation/db/tables.ts' {
  interface Tables {
    'identity.tenant': TenantTable
    'identity.role': RoleTable
    'identity.account': AccountTable
    'identity.user_settings': UserSettingsTable
    'identity.email_token': EmailTokenTable
    'identity.session': SessionTable
    'identity.refresh_token': RefreshTokenTable
    'identity.api_key': ApiKeyTable
    'identity.device_login': DeviceLoginTable
    'identity.cli_code': CliCodeTable
    'identity.signing_key': SigningKeyTable
    'identity.oidc_attempt': OidcAttemptTable
    'identity.external_login': ExternalLoginTable
    'identity.attempt': AttemptTable
    'identity.agency': AgencyTable
    'identity.scope': ScopeTable
    'identity.chore': ChoreTable
    'identity.used_call_token': UsedCallTokenTable
  }
}
