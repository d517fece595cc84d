import type { MountedRoute } from '../../foundation/http/index.ts'
import type { Kernel } from '../kernel/index.ts'
import type { UserKey } from '../registry/index.ts'

/** Public facts about a developer; never an e-mail address. */
export interface DeveloperPage {
  readonly developerId: string
  readonly nickname: string
  readonly displayName: string
  readonly website: string
  readonly description: string
  readonly tier: string
  readonly registeredAt: string | null
}

/** What the marketplace shows of developers; the developer module implements it. */
export interface DeveloperPages {
  publicProfile(userId: string): Promise<DeveloperPage | null>
  /** Names to show beside apps; ids without a profile are left out. */
  namesOf(userIds: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** What the developer wrote about the live version; empty without a word. */
  changelogOf(appId: string, version: string): Promise<string>
}

/** What has to happen to a user's app outside the registry when it comes, goes or changes. Everything is repeatable. */
export interface LifecyclePorts {
  /** Runs a hook of the extension; rejects when the hook failed. */
  readonly runHook: Kernel['lifecycle']
  /** What came of a run whose claim fell to somebody else. */
  readonly settleHook: Kernel['settleStep']
  /** Makes the sections of the app due for the user. */
  ensureSkeletons(user: UserKey, appId: string): Promise<void>
  dropSkeletons(user: UserKey, appId: string): Promise<void>
  /** Removes what does not outlive an install: caches and secrets. Documents stay for 30 days. */
  forgetData(user: UserKey, appId: string): Promise<void>
  /** Removes the documents and files of an app that the user left 30 days ago (K7.17). */
  purgeData(user: UserKey, appId: string): Promise<void>
}

export interface Marketplace {
  readonly routes: readonly MountedRoute[]
  /** Stops running lifecycle hooks on this node and waits up to 5 s for those under way. */
  close(): Promise<void>
}
