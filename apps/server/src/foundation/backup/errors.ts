import { defineErrors } from '../errors.ts'

export const backupErrors = defineErrors('BACKUP', {
  EXISTS: {
    kind: 'conflict',
    message: (details: { path: string }) => `${details.path} is there already.`,
    hint: 'Choose another name; backups are never overwritten.',
  },
  UNREADABLE: {
    kind: 'invalid',
    message: (details: { path: string; why: string }) =>
      `${details.path} is no backup of the platform: ${details.why}.`,
  },
  DAMAGED: {
    kind: 'invalid',
    message: (details: { path: string; part: string }) => `The backup ${details.path} is damaged at ${details.part}.`,
    hint: 'Take another copy of it. Nothing was changed.',
  },
  NEWER: {
    kind: 'unavailable',
    message: (details: { names: string }) =>
      `The backup was made by a newer version of the platform (it knows ${details.names}).`,
    hint: 'Restore it with that version, or a later one.',
  },
  CHANGED: {
    kind: 'unavailable',
    message: (details: { name: string }) => `The backup was made with another form of the migration ${details.name}.`,
    hint: 'Restore it with the version of the platform that made it, then upgrade.',
  },
  NOT_EMPTY: {
    kind: 'conflict',
    message: 'There is an installation in this database already.',
    hint: 'Say --replace to remove it and everything in it, or name another data folder or DATABASE_URL.',
  },
  RUNNING: {
    kind: 'conflict',
    message: (details: { nodes: string }) => `Processes of the platform use this database: ${details.nodes}.`,
    hint: 'Stop them first; one that was killed counts for half a minute.',
  },
  KEYS_DIFFER: {
    kind: 'conflict',
    message: (details: { folder: string }) => `${details.folder} holds other keys than the backup.`,
    hint: 'Move them away, or name another IMPERAL_KEYS_DIR.',
  },
})
