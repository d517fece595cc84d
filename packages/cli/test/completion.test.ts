import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { COMMANDS } from '../src/commands/index.ts'
import { openTerminal } from './test-io.ts'

const terminal = openTerminal()
const file = (shell: string) => path.join(terminal.folder, `imperal.${shell}`)
const has = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0

beforeAll(async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    expect(await terminal.run('completion', shell)).toBe(0)
    writeFileSync(file(shell), `${terminal.output()}\n`)
  }
  mkdirSync(path.join(terminal.folder, 'extension'))
})
afterAll(() => rmSync(terminal.folder, { recursive: true, force: true }))

/** What bash offers for the last of these words. */
function inBash(...words: string[]): string[] {
  const script = `source "$0"; COMP_WORDS=(imperal "$@"); COMP_CWORD=$#; _imperal; printf '%s\\n' "\${COMPREPLY[@]}"`
  const output = execFileSync('bash', ['-c', script, file('bash'), ...words], {
    cwd: terminal.folder,
    encoding: 'utf8',
  })
  return output.split('\n').filter((line) => line !== '')
}

/** The same of fish, without what it says about each. */
function inFish(line: string): string[] {
  const script = `source ${file('fish')}; complete -C '${line}'`
  const output = execFileSync('fish', ['--no-config', '-c', script], { cwd: terminal.folder, encoding: 'utf8' })
  return output.split('\n').flatMap((each) => (each === '' ? [] : [each.split('\t')[0] ?? '']))
}

test.each<[string[], string[]]>([
  [['dep'], ['deploy']],
  [
    ['init', 'app', '--template', ''],
    ['chat', 'tool', 'panel', 'connector', 'full'],
  ],
  [['init', 'app', '-t', 'p'], ['panel']],
  [
    ['validate', '--'],
    ['--json', '--strict', '--help'],
  ],
  [
    ['add', 's'],
    ['skeleton', 'schedule', 'secret'],
  ],
  [
    ['add', 'panel', 'inbox', '--slot', 'c'],
    ['center', 'chat-sidebar'],
  ],
  [['add', 'panel', 'inbox', 'ext'], ['extension']],
  [['add', '--slot', 'left', 'pa'], ['panel']],
  [['build', 'ext'], ['extension']],
  [['deploy', '--api', ''], []],
  [['completion', 'z'], ['zsh']],
  [
    ['server', '--'],
    ['--roles', '--port', '--host', '--data-dir', '--help'],
  ],
  [
    ['events', ''],
    ['show', 'replay'],
  ],
  [['restore', 'imperal.z'], ['imperal.zsh']],
  [['document', 'imperal.bash', 'imperal.f'], ['imperal.fish']],
  [['mcp', 'add', ''], []],
])('bash completes imperal %j with %j', (words, expected) => {
  expect(inBash(...words)).toEqual(expected)
})

test('bash knows every command and every option of it', () => {
  expect(inBash('')).toEqual([...COMMANDS.map(({ name }) => name), '--version', '--help'])
  for (const { name, options = [], passedOn = [] } of COMMANDS) {
    const flags = [...options, ...passedOn].flatMap(({ flags }) =>
      flags.split(/,? /).filter((part) => part.startsWith('-')),
    )
    expect(inBash(name, '-')).toEqual([...flags, '--help', '-h'])
  }
})

/** What zsh is told to offer: without a terminal it completes nothing, but its function can be asked. */
function inZsh(...words: string[]): string[] {
  const stubs = `compdef() {}; _arguments() { print -rl -- "$@" }; _describe() { print -rl -- $commands }`
  const script = `${stubs}; source "$0"; words=(imperal "$@"); CURRENT=$(($# + 1)); _imperal`
  const output = execFileSync('zsh', ['-f', '-c', script, file('zsh'), ...words], { encoding: 'utf8' })
  return output.split('\n').filter((line) => line !== '')
}

if (has('fish'))
  test('fish completes commands, values of options, kinds and files, of the command that is written', () => {
    expect(inFish('imperal mcp add ')).toEqual([])
    expect(inFish('imperal mcp ').sort()).toEqual(['add', 'list', 'remove'])
    expect(inFish('imperal events ').sort()).toEqual(['replay', 'show'])
    expect(inFish('imperal server --roles ')).toContain('gateway,kernel,worker')
    expect(inFish('imperal restore imperal.z')).toEqual(['imperal.zsh'])
    expect(inFish('imperal dep')).toEqual(['deploy'])
    expect(inFish('imperal init x --template ').sort()).toEqual(['chat', 'connector', 'full', 'panel', 'tool'])
    expect(inFish('imperal add s')).toEqual(expect.arrayContaining(['schedule', 'secret', 'skeleton']))
  })

if (has('zsh'))
  test('zsh reads the script and uses it for imperal', () => {
    const script = `autoload -U compinit; compinit -D -u; source ${file('zsh')}; print $_comps[imperal]`
    expect(execFileSync('zsh', ['-f', '-c', script], { encoding: 'utf8' })).toBe('_imperal\n')
  })

if (has('zsh'))
  test('zsh is told commands, options, values and files of the command that is written', () => {
    expect(inZsh('dep').map((line) => line.split(':')[0])).toEqual(COMMANDS.map(({ name }) => name))
    expect(inZsh('mcp', '')).toContain('1:add, list or remove:(add list remove)')
    expect(inZsh('restore', '')).toContain('1:the backup:_files')
    expect(inZsh('document', '')).toContain('*:the documents:_files')
    expect(inZsh('server', '--').join('\n')).toMatch(/^--roles\[.*\]:value:\(gateway,kernel,worker /m)
    for (const { name } of COMMANDS) expect(inZsh(name, '-').join('\n')).toContain('--help[')
  })

test('exit code 1 for a shell that nobody knows', async () => {
  expect(await terminal.run('completion', 'powershell')).toBe(1)
  expect(terminal.errors()).toBe("There is no completion for 'powershell'.\nChoose bash, zsh, fish.")
})
