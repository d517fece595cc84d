export { type FolderLock, lockDataFolder } from './data-folder.ts'
export { postgresErrors } from './errors.ts'
export { APP_ROLE, type Connection, OWNER_ROLE } from './first-start.ts'
export { leaveRuntimeFolder, makeRuntimeFolder } from './runtime-folder.ts'
export {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from './start-embedded-postgres.ts'
