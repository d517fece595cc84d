import type { Check, DeployReport } from '@imperal/contract'
import type { ColumnType, Generated } from 'kysely'

type Time = ColumnType<Date, string, string>
type NullableTime = ColumnType<Date | null, string | null | undefined, string | null>

export interface PortalAppTable {
  app_id: string
  tenant_id: string
  git_url: Generated<string>
  submitted_at: NullableTime
  checks: ColumnType<Check[], string | undefined, string>
  reviewed_at: NullableTime
  reviewed_by: string | null
  reject_reason: string | null
  approved_hash: string | null
  suspended_by: 'developer' | 'admin' | null
}

export type DeployState = 'pending' | 'validating' | 'live' | 'failed' | 'cancelled' | 'success' | 'warning'
export type DeployStage = 'upload' | 'queued' | 'validate' | 'load' | 'publish'

export interface DeployTable {
  deploy_id: string
  seq: Generated<number>
  tenant_id: string
  app_id: string
  user_id: string
  version: string
  changelog: string
  status: DeployState
  stage: DeployStage | null
  report: ColumnType<DeployReport | null, string | null | undefined, string | null>
  error_message: string | null
  commit_sha: string | null
  content_hash: string | null
  created_at: Time
  updated_at: Time
  finished_at: NullableTime
  deployed_at: NullableTime
}

export interface MembershipTable {
  user_id: string
  tenant_id: string
  tier: string
  expires_at: NullableTime
  comped_by: string | null
  updated_at: Time
}

declare module '../../foundation/db/tables.ts' {
  interface Tables {
    'developer.portal_app': PortalAppTable
    'developer.deploy': DeployTable
    'developer.membership': MembershipTable
  }
}
