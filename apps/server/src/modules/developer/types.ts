import type { DeployIssue, JsonObject } from '@imperal/contract'
import type { Tx } from '../../foundation/db/index.ts'
import type { MountedRoute } from '../../foundation/http/index.ts'
import type { HostArtefact } from '../hosts/index.ts'
import type { AppRecord } from '../registry/index.ts'
import type { DocumentVersion } from './publish-document.ts'
import type { Submission } from './review-app.ts'

/** The validators' gate: every finding of the publish rules. Rejects only when it could not run at all. */
export type PublishGate = (
  manifest: JsonObject,
  files: { readonly iconSvg: string | null },
) => Promise<readonly DeployIssue[]>

/** The part of the hosts that a deploy needs. */
export interface DeployHosts {
  /** The manifest that the code itself declares; rejects when it does not load. */
  describe(artefact: HostArtefact): Promise<JsonObject>
  /** Calls that run finish on old code, new ones go to `keepHash`. */
  drain(appId: string, keepHash: string | null): void
}

export interface DeveloperProfile {
  readonly developerId: string
  readonly nickname: string
  readonly displayName: string
  readonly website: string
  readonly description: string
  readonly tier: string
  readonly registeredAt: string | null
}

export interface Developer {
  /** Makes a declarative version live under the app's lock; see `publishDocument`. */
  publishDocument<T>(
    target: { readonly appId: string; readonly userId: string },
    prepare: (tx: Tx, app: AppRecord) => Promise<{ readonly version: DocumentVersion; readonly kept: T } | null>,
  ): Promise<T | null>
  /** Asks for publication. @throws DEVELOPER_NO_SUCCESSFUL_DEPLOY, DEVELOPER_ILLEGAL_STATE */
  submit(appId: string): Promise<Submission>
  /** Null when the user is no developer. Holds nothing that is not public. */
  publicProfile(userId: string): Promise<DeveloperProfile | null>
  namesOf(userIds: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** The changelog of the deploy that made the version live; empty without one. */
  changelogOf(appId: string, version: string): Promise<string>
  /** Publishes an app that waits for review. @throws DEVELOPER_APP_NOT_FOUND, DEVELOPER_ILLEGAL_STATE */
  approve(appId: string, reviewerId: string): Promise<{ approvedAt: string }>
  /** @throws DEVELOPER_APP_NOT_FOUND, DEVELOPER_ILLEGAL_STATE */
  reject(appId: string, reviewerId: string, reason: string): Promise<void>
  readonly routes: readonly MountedRoute[]
  /** Waits for the deploys that run on this node. */
  close(): Promise<void>
}

/** What waits for those who run the installation, and where. */
export interface AdministratorNotice {
  readonly title: string
  readonly body: string
  /** A page of the panel. */
  readonly link: string
}
