const RESERVED = new Set(
  (
    'admin api app apps auth automations billing chat console core default developer developers devices docs ext ' +
    // First parts of events that the platform itself publishes.
    'automation confirmation email extension extensions health rbac secret task ' +
    'gateway help imperal ingress internal kernel login logout marketplace me notes packages panel platform public ' +
    'registry root search secrets security settings signup static status store support system tasks users v1 webbee www'
  ).split(' '),
)

/** Ids that belong to the platform or would look as if they did. */
export const isReserved = (appId: string): boolean =>
  RESERVED.has(appId) || appId.startsWith('imperal-') || appId.startsWith('system-')
