import type { Check, DeployIssue, Manifest } from '@imperal/contract'
import type { Tx } from '../../foundation/db/index.ts'
import type { AppRecord } from '../registry/index.ts'

/** A declarative version that is ready to go live. */
export interface ReadyVersion {
  /** The document in normal form. */
  readonly text: string
  readonly revision: number
  readonly manifest: Manifest
  readonly iconSvg: string | null
  /** The author's own version label. */
  readonly label: string
  readonly changelog: string
  readonly issues: readonly DeployIssue[]
}

/** What the developer portal does for a deploy of a document. */
export interface DeveloperPort {
  /** Makes the version live in one transaction with whatever `prepare` writes under the app's lock; null from it ends it all. */
  publishDocument<T>(
    target: { readonly appId: string; readonly userId: string },
    prepare: (tx: Tx, app: AppRecord) => Promise<{ readonly version: ReadyVersion; readonly kept: T } | null>,
  ): Promise<T | null>
  /** Asks for publication in the marketplace. */
  submit(appId: string): Promise<{ readonly status: 'failed' | 'pending_review' | 'active'; readonly checks: Check[] }>
}
