import { type SpawnOptions, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, readFileSync, statSync } from 'node:fs'
import { userInfo } from 'node:os'
import path from 'node:path'
import { postgresErrors } from './errors.ts'

/** As whom PostgreSQL runs, and the command in front of it that makes it so. */
export interface Identity {
  readonly name: string
  /** System user of its files; absent when it is the user of this process. */
  readonly owner?: { readonly uid: number; readonly gid: number }
  readonly prefix: readonly string[]
}

// PostgreSQL refuses uid 0 and uids without a name. In a user namespace the same files belong to `nobody`,
// so nothing has to be created on the machine, and folders that only the caller may enter stay readable.
const NAMESPACE = ['unshare', '--user', '--map-user=65534', '--map-group=65534', '--']
// A fast shutdown when this process is killed: no orphan keeps the data folder busy.
const DIE_WITH_PARENT = ['setpriv', '--pdeathsig', 'INT', '--']

const works = (command: readonly string[]): boolean => {
  const [program = '', ...args] = [...command, 'true']
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0
}

function systemUser(name: string): { uid: number; gid: number } | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) }
}

const hasName = (): boolean => {
  try {
    userInfo()
    return true
  } catch {
    return false // a uid without an entry in the user database, as containers like to use
  }
}

function asOwner(name: string, owner: { uid: number; gid: number } | undefined): Identity[] {
  return owner === undefined || owner.uid === 0 ? [] : [{ name, owner, prefix: [] }]
}

/** Every way that could work here, the best first. `existing` is the cluster's folder when there is one already. */
function candidates(dataDir: string, existing: string | undefined): Identity[] {
  const namespace: Identity = { name: 'a user namespace', prefix: NAMESPACE }
  const self: Identity = { name: 'the user of this process', prefix: [] }
  if (process.getuid?.() !== 0) return hasName() ? [self] : [namespace]
  if (existing !== undefined) {
    const owner = statSync(existing)
    return owner.uid === 0 ? [namespace] : asOwner(`user ${owner.uid}, who owns the database`, owner)
  }
  const parent = statSync(path.dirname(dataDir))
  return [
    namespace,
    ...asOwner(`user ${parent.uid}, who owns the folder`, parent),
    ...asOwner('the system user postgres', systemUser('postgres')),
  ]
}

/** Spawn options that switch to the identity. */
export function spawnOptions(identity: Identity): SpawnOptions {
  const { PATH = '/usr/bin:/bin:/usr/sbin:/sbin' } = process.env
  return { cwd: '/', env: { PATH, LC_ALL: 'C', TZ: 'UTC' }, ...identity.owner }
}

/** The command line that runs `program` under the identity. */
export function commandOf(identity: Identity, program: string, args: readonly string[]): [string, string[]] {
  const [first = program, ...rest] = [...identity.prefix, program, ...args]
  return [first, rest]
}

// Root passes every permission check of its own process, so only a write by the real writer tells the truth.
const PROBE = '"$1" --version && : > "$2/.probe" && rm "$2/.probe"'

/**
 * Finds an identity that can run `postgres` and write into `folder`, and makes the folder its own.
 * @returns the identity and the version text of the server
 * @throws POSTGRES_NO_USER, POSTGRES_DATA_FOLDER_READ_ONLY
 */
export function chooseIdentity(options: { dataDir: string; folder: string; isNew: boolean; postgres: string }): {
  identity: Identity
  version: string
} {
  const refusals: string[] = []
  for (const candidate of candidates(options.dataDir, options.isNew ? undefined : options.folder)) {
    if (candidate.owner !== undefined) {
      if (options.isNew) chownSync(options.folder, candidate.owner.uid, candidate.owner.gid)
      chmodSync(options.dataDir, 0o711) // it must be able to pass, not to look around
    }
    const [program, args] = commandOf(candidate, '/bin/sh', ['-c', PROBE, 'sh', options.postgres, options.folder])
    const run = spawnSync(program, args, { ...spawnOptions(candidate), encoding: 'utf8' })
    if (run.status === 0) {
      const dies = process.platform === 'linux' && works(DIE_WITH_PARENT)
      const prefix = [...candidate.prefix, ...(dies ? DIE_WITH_PARENT : [])]
      return { identity: { ...candidate, prefix }, version: run.stdout.trim() }
    }
    refusals.push(`${candidate.name}: ${(run.error?.message ?? run.stderr).trim() || `exit code ${run.status}`}`)
  }
  const why = refusals.join('; ')
  if (process.getuid?.() === 0) throw postgresErrors.NO_USER({ why })
  throw postgresErrors.DATA_FOLDER_READ_ONLY({ folder: options.dataDir, why })
}
