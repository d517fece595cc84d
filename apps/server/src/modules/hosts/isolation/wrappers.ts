import { mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Machine, Tool } from './machine.ts'

export type IsolationLevel = 'full' | 'namespaced' | 'process'
export type WrapperId = 'bubblewrap' | 'unshare-root' | 'unshare' | 'plain'

/** One program to be run inside walls. `uid` is a user of its own, or `null` for the server's own user. */
export interface Job {
  /** The only folder that the program may see and write. */
  readonly folder: string
  readonly program: string
  readonly args: readonly string[]
  readonly uid: number | null
  readonly dataBytes: number
}

/** A way to build walls around a host process. */
export interface Wrapper {
  readonly id: WrapperId
  /** The level that it reaches as this user on this machine, if the probe agrees. */
  readonly level: IsolationLevel
  /** Tools that it cannot do without. */
  readonly needs: readonly Tool[]
  /** Puts into the process folder what the command refers to. */
  prepare(job: Job): void
  command(job: Job): string[]
}

const NOBODY = 65534
const IN_ROOT = '/program'

function limits(machine: Machine, job: Job): string[] {
  const { prlimit } = machine.tools
  if (prlimit === null) return []
  // A user of its own makes the number of processes countable; a shared one would count everything the server runs.
  const processes = job.uid === null ? [] : ['--nproc=128']
  return [prlimit, `--data=${job.dataBytes}`, '--core=0', '--nofile=256', '--fsize=0', ...processes, '--']
}

function privileges(machine: Machine, job: Job): string[] {
  const { setpriv } = machine.tools
  if (setpriv === null) return []
  const user =
    job.uid === null
      ? []
      : [`--reuid=${job.uid}`, `--regid=${job.uid}`, '--clear-groups', '--inh-caps=-all', '--bounding-set=-all']
  return [setpriv, ...user, '--no-new-privs', '--pdeathsig=KILL', '--']
}

const prefix = (machine: Machine, job: Job): string[] => [...limits(machine, job), ...privileges(machine, job)]
const wholeLevel = (machine: Machine): IsolationLevel => (machine.root ? 'full' : 'namespaced')

function bubblewrap(machine: Machine): Wrapper {
  const libraries = machine.libraries.flatMap((path) => ['--ro-bind', path, path])
  const noMore = machine.bubblewrapHidesNamespaces ? ['--disable-userns'] : []
  return {
    id: 'bubblewrap',
    level: wholeLevel(machine),
    needs: ['bwrap', 'prlimit', 'setpriv'],
    prepare: () => {},
    command: (job) => [
      ...prefix(machine, job),
      machine.tools.bwrap as string,
      ...['--unshare-user', '--unshare-pid', '--unshare-net', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'],
      ...noMore,
      ...['--die-with-parent', '--new-session', '--clearenv', '--cap-drop', 'ALL'],
      ...['--uid', `${NOBODY}`, '--gid', `${NOBODY}`, '--hostname', 'host'],
      ...libraries,
      ...['--ro-bind', job.program, IN_ROOT, '--bind', job.folder, job.folder],
      ...['--proc', '/proc', '--dev', '/dev', '--remount-ro', '/', '--chdir', '/', '--', IN_ROOT, ...job.args],
    ],
  }
}

// Everything is mounted by one `mount -a`, since each start of a program costs a millisecond of the cold start.
const ENTER_ROOT = `set -e
"$1" -a -T "$2"
"$3" "$4" "$4/old"
cd /
/.bin/umount -n -i -c -l /old
echo 1 > /proc/sys/user/max_user_namespaces
shift 4
unset OLDPWD PWD
exec /.bin/unshare --user --map-user=${NOBODY} --map-group=${NOBODY} -- "$@"`

const DEVICES = ['/dev/null', '/dev/zero', '/dev/random', '/dev/urandom']
const escaped = (path: string): string =>
  path.replaceAll('\\', '\\134').replaceAll(' ', '\\040').replaceAll('\t', '\\011')

function mountTable(machine: Machine, job: Job, root: string): { target: string; line: string; folder: boolean }[] {
  const bind = (source: string, inside: string, options: string, folder: boolean) => ({
    target: join(root, inside),
    line: `${escaped(source)} ${escaped(join(root, inside))} none ${options} 0 0`,
    folder,
  })
  const readOnly = 'bind,ro,nosuid,nodev'
  const { umount, unshare } = machine.tools as Record<'umount' | 'unshare', string>
  return [
    bind(root, '.', `${readOnly},noexec`, true),
    ...machine.libraries.map((path) => bind(realpathSync(path), path, readOnly, !path.endsWith('.so.1'))),
    bind(job.program, IN_ROOT, readOnly, false),
    bind(umount, '.bin/umount', readOnly, false),
    bind(unshare, '.bin/unshare', readOnly, false),
    bind(job.folder, job.folder, 'bind', true),
    ...DEVICES.map((path) => bind(path, path, 'bind', false)),
    {
      target: join(root, 'proc'),
      line: `proc ${escaped(join(root, 'proc'))} proc nosuid,nodev,noexec 0 0`,
      folder: true,
    },
  ]
}

function unshareRoot(machine: Machine): Wrapper {
  const rootOf = (job: Job): string => join(job.folder, 'root')
  const tableOf = (job: Job): string => join(job.folder, 'fstab')
  return {
    id: 'unshare-root',
    level: wholeLevel(machine),
    needs: ['unshare', 'prlimit', 'setpriv', 'sh', 'mount', 'umount', 'pivot_root'],
    prepare(job) {
      const root = rootOf(job)
      const table = mountTable(machine, job, root)
      mkdirSync(join(root, 'old'), { recursive: true })
      for (const { target, folder } of table) {
        mkdirSync(folder ? target : dirname(target), { recursive: true })
        if (!folder) writeFileSync(target, '')
      }
      writeFileSync(tableOf(job), `${table.map(({ line }) => line).join('\n')}\n`)
    },
    command: (job) => [
      ...prefix(machine, job),
      machine.tools.unshare as string,
      ...['--user', '--map-root-user', '--mount', '--pid', '--fork', '--kill-child=KILL', '--net', '--ipc', '--uts'],
      ...['--cgroup', '--', machine.tools.sh as string, '-c', ENTER_ROOT, 'sh'],
      ...[machine.tools.mount as string, tableOf(job), machine.tools.pivot_root as string, rootOf(job)],
      ...[IN_ROOT, ...job.args],
    ],
  }
}

function unshareOnly(machine: Machine): Wrapper {
  return {
    id: 'unshare',
    level: 'namespaced',
    needs: ['unshare', 'prlimit', 'setpriv'],
    prepare: () => {},
    command: (job) => [
      ...prefix(machine, job),
      machine.tools.unshare as string,
      ...['--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, '--net', '--ipc', '--uts', '--cgroup'],
      ...['--pid', '--fork', '--kill-child=KILL', '--', job.program, ...job.args],
    ],
  }
}

function plain(machine: Machine): Wrapper {
  const shellLimits = ['-c', 'ulimit -c 0; ulimit -n 256; exec "$@"', 'sh']
  return {
    id: 'plain',
    level: 'process',
    needs: ['sh'],
    prepare: () => {},
    command(job) {
      const start = prefix(machine, job)
      const shell = machine.tools.prlimit === null ? [machine.tools.sh as string, ...shellLimits] : []
      return [...start, ...shell, job.program, ...job.args]
    },
  }
}

/** All ways of this machine, the strongest first. */
export const wrappersOf = (machine: Machine): readonly Wrapper[] =>
  machine.linux ? [bubblewrap(machine), unshareRoot(machine), unshareOnly(machine), plain(machine)] : [plain(machine)]

const RANK: Readonly<Record<IsolationLevel, number>> = { process: 0, namespaced: 1, full: 2 }

/** Whether a level gives less than the operator wants for code of others. */
export const isBelow = (level: IsolationLevel, minimum: IsolationLevel): boolean => RANK[level] < RANK[minimum]
