/**
 * A vocabulary for the data of results, so that apps that do not know one another can be chained and shown alike (sdk.md
 * 2.23): entities, references, pages of them, and facets, which are shapes to spread into `entity(kind, { … })`.
 */
export { Entity, entity, entityList, Ref } from './entity.ts'
export { Branded, Bundle, ColorMaterial, Inventory, ProductCompliance } from './facets/catalog.ts'
export { Callable, Conversational, Draftable, MessageState, Reactable, Threaded } from './facets/comm.ts'
export { Attached, Bodied, Categorized, Editorial, Excerptable } from './facets/content.ts'
export { Iconified, Lifecycle, Localized, Versioned } from './facets/core.ts'
export {
  ActivityMetrics,
  ActuatorState,
  AIProvenance,
  Biometric,
  BodyComposition,
  Consumable,
  DeviceIdentity,
  DeviceState,
  SensorReading,
  SleepRecord,
  VitalSign,
} from './facets/device.ts'
export {
  AdmissionPolicy,
  AgendaSlot,
  CalendarFeed,
  Cancellation,
  Capacity,
  Eventful,
  RSVP,
  Ticketed,
} from './facets/event.ts'
export { AdminRegion, BoundingBox, Geofence, Geolocated, Placed, PostalAddress, Routed } from './facets/geo.ts'
export {
  Archive,
  AudioTrack,
  ContentSafety,
  FileObject,
  ImageMedia,
  Transcribable,
  VideoTrack,
} from './facets/media.ts'
export { Aggregated, Confident, Dimensioned, Threshold, TimeSeriesPoint, Trended } from './facets/metric.ts'
export { Balanced, Discountable, Invoiced, Monetary, Priced, Subscribable } from './facets/money.ts'
export {
  ApiEndpoint,
  Backup,
  Certificated,
  ComputeSpec,
  ConfigSetting,
  Container,
  DataRecord,
  HostResource,
  NetAsset,
  ServiceHealth,
} from './facets/net.ts'
export { Assignable, Authorship, ContactPoints, Correspondents, Participants, Presence } from './facets/people.ts'
export {
  Angle,
  Area,
  Bitrate,
  DataSize,
  Dimensions3D,
  Length,
  Measured,
  Percentage,
  Range,
  Speed,
  Temperature,
  Weight,
} from './facets/quantity.ts'
export { Rated, Reviewed, Sentiment, Voted } from './facets/rating.ts'
export {
  AccessLeveled,
  Alertable,
  Attested,
  Auditable,
  Caseable,
  Compliant,
  Consented,
  Permissioned,
  Retained,
  RiskScored,
  Signed,
} from './facets/sec.ts'
export {
  Approvable,
  Blockable,
  Boarded,
  Checklist,
  Completable,
  Dependencies,
  Estimable,
  Prioritized,
  Progress,
  WorkflowState,
} from './facets/task.ts'
export { Booked, Duration, Recurring, Schedulable, Timestamped } from './facets/time.ts'
export { PLATFORM_ROLES, RoleError, role, rolesOf } from './roles.ts'
