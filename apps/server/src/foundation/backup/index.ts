export {
  type BackupFacts,
  type BackupReader,
  type BackupWriter,
  createBackupFile,
  openBackupFile,
} from './backup-file.ts'
export { type BackupRules, dumpDatabase } from './dump-database.ts'
export { backupErrors } from './errors.ts'
export { checkOrigin, loadDatabase } from './load-database.ts'
