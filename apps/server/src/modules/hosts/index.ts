export type { AddressPolicy, AddressPolicyOptions } from './egress/address-policy.ts'
export { createAddressPolicy } from './egress/address-policy.ts'
export type { Resolve } from './egress/connect.ts'
export type {
  Egress,
  EgressOptions,
  EgressRequest,
  EgressResponse,
  EgressStream,
  EgressStreamRequest,
  HeaderValues,
} from './egress/create-egress.ts'
export { createEgress } from './egress/create-egress.ts'
export type { EgressCode } from './egress/errors.ts'
export { EgressError } from './egress/errors.ts'
export { fetchThrough } from './egress/fetch-through.ts'
export type { HostErrorCode } from './errors.ts'
export { CallbackError, HostError } from './errors.ts'
export type { IsolationReport } from './isolation/choose-wrapper.ts'
export type { Assertion, Assertions } from './isolation/probe.ts'
export { ASSERTIONS } from './isolation/probe.ts'
export type { IsolationLevel, WrapperId } from './isolation/wrappers.ts'
export { isBelow } from './isolation/wrappers.ts'
export { noHosts } from './no-hosts.ts'
export type { HostsOptions } from './open-hosts.ts'
export { openHosts } from './open-hosts.ts'
export type { HostLog } from './process/host-process.ts'
export type {
  BackgroundOptions,
  BackgroundTask,
  HostArtefact,
  HostCall,
  HostCallback,
  HostCallbacks,
  HostState,
  HostStatus,
  Hosts,
  HostTarget,
  LogLevel,
} from './types.ts'
