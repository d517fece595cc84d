import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import {
  type BackupReader,
  backupErrors,
  checkOrigin,
  loadDatabase,
  openBackupFile,
} from '../foundation/backup/index.ts'
import type { Settings } from '../foundation/config/index.ts'
import { openAppLogin, openDatabase } from '../foundation/db/index.ts'
import type { Log } from '../foundation/log.ts'
import { APP_ROLE, lockDataFolder } from '../foundation/postgres/index.ts'
import { adoptRestoredLedger, checkLedger } from '../modules/kernel/index.ts'
import { writeContents } from '../modules/storage/index.ts'
import { type OperatorDatabase, openOperatorDatabase } from './operator-database.ts'

const contentOf = (backup: BackupReader, name: string): Buffer => Buffer.concat([...backup.pieces('key', name)])

/** @throws BACKUP_KEYS_DIFFER before anything is written */
function checkKeys(backup: BackupReader, folder: string): void {
  for (const name of backup.names('key').filter((one) => one.endsWith('.key'))) {
    const file = path.join(folder, name)
    if (existsSync(file) && !readFileSync(file).equals(contentOf(backup, name)))
      throw backupErrors.KEYS_DIFFER({ folder })
  }
}

function writeKeys(backup: BackupReader, folder: string): number {
  const names = backup.names('key')
  if (names.length > 0) mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const name of names) writeFileSync(path.join(folder, name), contentOf(backup, name), { mode: 0o600 })
  return names.length
}

/** The hash chains of the ledger, as the application sees them. */
async function verifyLedger(database: OperatorDatabase, settings: Settings, log: Log) {
  const app =
    settings.DATABASE_URL === undefined
      ? { ...database.owner, user: APP_ROLE }
      : await openAppLogin(database.owner, log)
  const db = openDatabase(app)
  try {
    await adoptRestoredLedger(db)
    return await checkLedger(db)
  } finally {
    await db.close()
  }
}

/**
 * Makes the installation of a backup, in an empty database or with `replace` in place of what is there. Nothing may run on
 * it. All or nothing for the database; files and keys are written before. Says in sentences what is there now.
 * @throws BACKUP_*
 */
export async function restore(
  settings: Settings,
  { source, replace, log }: { readonly source: string; readonly replace: boolean; readonly log: Log },
): Promise<string[]> {
  const backup = openBackupFile(path.resolve(source))
  const lock = lockDataFolder(settings.IMPERAL_DATA_DIR, 'instance')
  try {
    checkOrigin(backup)
    backup.verify()
    checkKeys(backup, settings.keysDir)
    const database = await openOperatorDatabase(settings)
    try {
      await loadDatabase(database.owner, backup, { replace })
      const blobs = backup.names('file')
      for (const blob of blobs) await writeContents(settings.filesDir, blob, backup.pieces('file', blob))
      const keys = writeKeys(backup, settings.keysDir)
      const { sealed, broken } = await verifyLedger(database, settings, log)
      const { createdAt, tables } = backup.facts
      const rows = tables.reduce((sum, table) => sum + table.rows, 0)
      return [
        `The installation of ${createdAt} is restored: ${rows} rows, ${blobs.length} files.`,
        broken.length === 0
          ? `All ${sealed} sealed rows of the ledger are what they were.`
          : `The ledger is not what was sealed at ${broken.length} rows: ${broken.slice(0, 3).join(', ')}.`,
        keys > 0
          ? `${keys} keys and tokens were written to ${settings.keysDir}.`
          : `Put the keys of that installation into ${settings.keysDir} before you start it.`,
        ...(backup.facts.files === 'bucket' ? ['The files of apps lie in the bucket of that installation.'] : []),
      ]
    } finally {
      await database.close()
    }
  } finally {
    lock.release()
    backup.close()
  }
}
