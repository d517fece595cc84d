import type {
  ActionResult,
  FunctionContext,
  JsonObject,
  SkeletonContext,
  SystemContext,
  WebhookContext,
} from '@imperal/sdk'

/** Clients whose surroundings a bench can take away. */
export type Breakable =
  | 'store'
  | 'http'
  | 'ai'
  | 'cache'
  | 'secrets'
  | 'skeleton'
  | 'notify'
  | 'chat'
  | 'extensions'
  | 'events'
  | 'task'
  | 'storage'
  | 'billing'
  | 'tools'

export interface HttpAnswer {
  readonly status?: number
  readonly json?: JsonObject
}

/** One way to obtain contexts of the app of `garden.ts`. The suite asks every implementation for the same. */
export interface Bench {
  /** Runs work in a function handler of the app. Every call has fresh tasks. */
  run<T>(work: (ctx: FunctionContext) => Promise<T>): Promise<T>
  /** The same for another user of the tenant. */
  runAsOther<T>(work: (ctx: FunctionContext) => Promise<T>): Promise<T>
  /** Refreshes the section `beds` of the first user; it then holds `section`, `{ beds: 2 }` unless told. */
  inSkeleton<T>(work: (ctx: SkeletonContext) => Promise<T>, section?: JsonObject): Promise<T>
  /** Runs work in a schedule, which has no person. */
  inSchedule<T>(work: (ctx: SystemContext) => Promise<T>): Promise<T>
  /** Runs work in a webhook, which has no person. */
  inWebhook<T>(work: (ctx: WebhookContext) => Promise<T>): Promise<T>
  /** The app has this client id at Google, or none. */
  connectable(clientId: string | null): Promise<void>
  /** Runs work while what is behind the client cannot be reached. Called inside `run`. */
  without<T>(client: Breakable, work: () => Promise<T>): Promise<T>
  /** What the network answers from now on, and what it was asked. */
  network(answer: HttpAnswer): void
  readonly requests: readonly { readonly method: string; readonly url: string; readonly body: unknown }[]
  /** What the model says from now on. */
  model(text: string): void
  readonly notified: readonly { readonly message: string }[]
  readonly delivered: readonly { readonly text: string; readonly type: string }[]
  emitted(): Promise<readonly string[]>
  /** What tasks said about their progress. */
  progressed(): Promise<readonly string[]>
  /** The user cancels whatever runs. */
  cancel(): Promise<void>
  /** What detached work ended with, once all of it ended; a failure is its sentence. */
  taskEnds(): Promise<readonly (ActionResult<unknown> | string)[]>
  close(): Promise<void>
}
