/** Whose data: every per-user fact of an app is keyed by these three. */
export interface StoreScope {
  readonly tenantId: string
  readonly appId: string
  readonly userId: string
}
