export {
  HIJACKED,
  implement,
  type MountedRoute,
  RouteReply,
  type RouteRequest,
  reply,
  type UploadedFile,
} from './handler.ts'
export type { Principal } from './principal.ts'
export { STATUS } from './status.ts'
