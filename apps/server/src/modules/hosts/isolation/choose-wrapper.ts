import { execFile } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { adviseOnIsolation } from './advice.ts'
import { createFolder } from './folders.ts'
import { closedFolderAbove, type Machine, type UserIds } from './machine.ts'
import { ASSERTIONS, type Assertions, judge, missing, probeArguments, runProbe } from './probe.ts'
import { type IsolationLevel, type Job, type Wrapper, type WrapperId, wrappersOf } from './wrappers.ts'

/** How hosts are isolated on this machine, for `doctor`, the administrator's page and the log. */
export interface IsolationReport {
  readonly level: IsolationLevel
  readonly wrapper: WrapperId
  /** One sentence: why this level and not a stronger one. */
  readonly why: string
  /** The command that starts a host, word by word, with example values for folder and user. */
  readonly command: readonly string[]
  /** What a program that escaped from the JavaScript sandbox cannot do; tried out at start. */
  readonly assertions: Assertions
  /** Stronger ways that were tried and refused. */
  readonly refused: readonly { readonly wrapper: WrapperId; readonly level: IsolationLevel; readonly why: string }[]
  /** What the operator does for more; null where nothing is to be gained. */
  readonly advice: string | null
}

export interface Wanted {
  readonly level: 'auto' | IsolationLevel
  /** Tries this way alone; the attack suite runs every way in turn. */
  readonly wrapper?: WrapperId | undefined
}

export interface Chosen {
  readonly wrapper: Wrapper
  readonly report: IsolationReport
}

interface Trial {
  readonly machine: Machine
  readonly users: UserIds
  /** Folder under which process folders are made. */
  readonly folder: string
  readonly program: string
  readonly dataBytes: number
}

type Outcome = { readonly why: string } | { readonly command: string[]; readonly assertions: Assertions }

/** Tries the ways of this machine, the strongest first, each with a probe and one real start of the runtime. */
export async function chooseWrapper(wanted: Wanted, trial: Trial): Promise<Chosen> {
  const refused: { wrapper: WrapperId; level: IsolationLevel; why: string }[] = []
  for (const wrapper of wrappersOf(trial.machine)) {
    if (wanted.wrapper !== undefined && wrapper.id !== wanted.wrapper) continue
    if (wanted.level !== 'auto' && wrapper.level !== wanted.level) continue
    const outcome = await tryWrapper(wrapper, trial)
    if ('why' in outcome) {
      refused.push({ wrapper: wrapper.id, level: wrapper.level, why: outcome.why })
      continue
    }
    const { command, assertions } = outcome
    const why = explain(wrapper, wanted, refused, trial.machine)
    const advice = adviseOnIsolation({ level: wrapper.level, refused }, trial.machine)
    return { wrapper, report: { level: wrapper.level, wrapper: wrapper.id, why, command, assertions, refused, advice } }
  }
  throw new Error(nothingWorks(wanted, refused))
}

function explain(
  wrapper: Wrapper,
  wanted: Wanted,
  refused: readonly { wrapper: WrapperId; why: string }[],
  machine: Machine,
): string {
  if (wanted.wrapper !== undefined || wanted.level !== 'auto') return `The level ${wrapper.level} was asked for.`
  if (wrapper.level === 'full') return 'Every wall of the level full was tried and holds.'
  if (refused.length > 0) return refused.map(({ wrapper: id, why }) => `${id} was refused: ${why}.`).join(' ')
  return machine.root
    ? 'This system offers no stronger way.'
    : 'The server does not run as root, so hosts share its user; all other walls of the level full hold.'
}

function nothingWorks(wanted: Wanted, refused: readonly { wrapper: WrapperId; why: string }[]): string {
  const asked = wanted.wrapper ?? (wanted.level === 'auto' ? 'any level' : `the level ${wanted.level}`)
  const reasons = refused.map(({ wrapper, why }) => `${wrapper}: ${why}`).join('; ')
  return `Extensions cannot be isolated at ${asked} on this machine${reasons === '' ? '' : ` (${reasons})`}.`
}

async function tryWrapper(wrapper: Wrapper, trial: Trial): Promise<Outcome> {
  const { machine } = trial
  const absent = wrapper.needs.filter((tool) => machine.tools[tool] === null)
  if (absent.length > 0) return { why: `${absent.join(' and ')} is not installed` }
  const closed = machine.root ? closedFolderAbove(trial.folder) : null
  if (closed !== null) return { why: `other users cannot enter ${closed}` }
  const uid = machine.root ? trial.users.take() : null
  const folder = createFolder(trial.folder, uid)
  try {
    return machine.linux ? await tryOn(wrapper, trial, { folder, uid }) : { command: [], assertions: unprobed() }
  } catch (problem) {
    return { why: problem instanceof Error ? problem.message : String(problem) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
    trial.users.free(uid)
  }
}

// Without Linux there is nothing to read the walls from; only what the command itself does is claimed.
const unprobed = (): Assertions => ({
  ownUser: false,
  noHostFiles: false,
  emptyEnvironment: true,
  noNetwork: false,
  noOtherProcess: false,
  processesHidden: false,
  noPrivileges: false,
  memoryLimit: false,
})

async function tryOn(wrapper: Wrapper, trial: Trial, where: Pick<Job, 'folder' | 'uid'>): Promise<Outcome> {
  const job = { ...where, dataBytes: trial.dataBytes }
  const shell = trial.machine.tools.sh as string
  const canary = join(trial.folder, 'canary')
  mkdirSync(trial.folder, { recursive: true })
  writeFileSync(canary, 'readable to every user of this machine\n', { mode: 0o644 })
  const listener = createServer()
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  try {
    const probe: Job = { ...job, program: shell, args: probeArguments(canary) }
    wrapper.prepare(probe)
    const lines = await runProbe(wrapper.command(probe))
    const assertions = judge(lines, { ownUser: where.uid !== null, port: (listener.address() as AddressInfo).port })
    const lacking = missing(wrapper.level, assertions)
    if (lacking.length > 0)
      return { why: `a host would not hold: ${lacking.map((name) => ASSERTIONS[name]).join(', ')}` }
    await startsRuntime(wrapper, { ...job, program: trial.program, args: ['--version'] })
    return {
      command: wrapper.command({ ...job, program: trial.program, args: ['serve', '--binary', '-'] }),
      assertions,
    }
  } finally {
    listener.close()
    rmSync(canary, { force: true })
  }
}

async function startsRuntime(wrapper: Wrapper, job: Job): Promise<void> {
  wrapper.prepare(job)
  const [file = '', ...args] = wrapper.command(job)
  await promisify(execFile)(file, args, { env: {}, cwd: '/', timeout: 10_000 })
}
