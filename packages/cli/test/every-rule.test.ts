import { copyFileSync, cpSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { linkPackages, openTerminal } from './test-io.ts'

vi.setConfig({ testTimeout: 120_000 })
const FIXTURE = path.resolve(import.meta.dirname, '../../validators/fixtures/every-rule')
const terminal = openTerminal()
afterAll(() => rmSync(terminal.folder, { recursive: true, force: true }))

/** Lines of the sources say themselves which rules they break. */
const marked = (folder: string): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) =>
      readFileSync(path.join(folder, file), 'utf8')
        .split('\n')
        .flatMap((line, index) => {
          const rules = / \/\/ ← (.*)$/.exec(line)?.[1]?.split(', ') ?? []
          return rules.map((rule) => `${rule} ${file}:${index + 1}`)
        }),
    )

test('[8.5] imperal validate says of a project that breaks each rule once exactly that: nothing is missing, and the compiler repeats nothing', async () => {
  expect(await terminal.run('init', 'app')).toBe(0)
  const project = path.join(terminal.folder, 'app')
  copyFileSync(path.join(project, 'tsconfig.json'), path.join(terminal.folder, 'tsconfig.json'))
  rmSync(project, { recursive: true })
  cpSync(FIXTURE, project, { recursive: true })
  copyFileSync(path.join(terminal.folder, 'tsconfig.json'), path.join(project, 'tsconfig.json'))
  linkPackages(project)
  terminal.env = { ...terminal.env, IMPERAL_AUTHOR_ID: 'somebody', IMPERAL_FIRSTPARTY_AUTHOR_IDS: 'imperal' }
  expect(await terminal.runIn('app', 'validate', '--json')).toBe(1)
  const { issues } = JSON.parse(terminal.output()) as { issues: { rule: string; file: string; line: number }[] }
  const inFiles = [
    'V21 icon.svg:1',
    'SDK-VERSION-1 imperal.json:2',
    'M3 imperal.json:3',
    'M4 imperal.json:4',
    'M2 imperal.json:6',
    'M5 imperal.json:9',
  ]
  expect(issues.map(({ rule, file, line }) => `${rule} ${file}:${line}`).sort()).toEqual(
    [...marked(FIXTURE), ...inFiles].sort(),
  )
})
