import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

const PACKAGE = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//
const LICENCE = /^(?:licen[cs]e|copying|notice)/i

function noticeOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'))
  const texts = readdirSync(folder)
    .filter((file) => LICENCE.test(file))
    .sort()
    .map((file) => readFileSync(path.join(folder, file), 'utf8').trim())
  return [`${name} ${version} (${license})`, ...texts].join('\n\n')
}

/** The licences of every npm package that went into a bundle; `inputs` are paths relative to the checkout. */
export function licencesOf(checkout: string, inputs: readonly string[]): string {
  const folders = new Set(inputs.flatMap((input) => PACKAGE.exec(input)?.[0] ?? []))
  const notices = [...folders]
    .sort()
    .map((folder) => path.join(checkout, folder))
    .filter((folder) => existsSync(path.join(folder, 'package.json')))
    .map(noticeOf)
  return `${notices.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`
}
