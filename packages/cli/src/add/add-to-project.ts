import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import {
  lineAt,
  parseSource,
  type Registration,
  readSourceTree,
  type SourceFile,
  type SourceTree,
} from '@imperal/validators/project'
import { CliFailure } from '../failure.ts'
import { type CodeStyle, restyle, styleOf } from './code-style.ts'
import { type Declared, findDeclared, ownRegistrations, topLevelNames } from './find-declared.ts'
import { Imports } from './imports.ts'
import { insertAll } from './insertions.ts'
import { ADDITIONS, type Addition, type AddOptions, type Kind, type Names } from './kinds.ts'
import { humanWords, sentence } from './words.ts'

export interface Added extends Addition {
  readonly file: string
  readonly line: number
}

export interface AddRequest {
  readonly kind: Kind
  readonly name: string
  readonly options: AddOptions
  /** The file of the project to add to; else the one that holds its like. */
  readonly file?: string | undefined
}

const RESERVED =
  /^(?:await|break|case|catch|class|const|continue|debugger|default|delete|do|else|enum|export|extends|false|finally|for|function|if|import|in|instanceof|new|null|return|static|super|switch|this|throw|true|try|typeof|var|void|while|with|yield|let|package|private|public)$/

/** Where in a file something is added: behind its like, else behind everything that is registered there. */
interface Target {
  readonly file: SourceFile
  readonly at: number
}

const endOfStatement = (file: SourceFile, at: number): number =>
  file.program.body.find(({ start, end }) => start <= at && at < end)?.end ?? file.program.end

function targetIn(file: SourceFile, registrations: readonly Registration[], request: AddRequest): Target {
  const here = registrations.filter((entry) => entry.file === file)
  const likes = here.filter(({ registration }) => registration === request.kind)
  // A secret is declared before what uses it.
  const extensions = request.kind === 'secret' ? here.filter(({ registration }) => registration === 'extension') : here
  const behind = likes.at(-1) ?? extensions.at(-1)
  return { file, at: behind === undefined ? file.program.end : endOfStatement(file, behind.call.start) }
}

function namedFile(tree: SourceTree, wanted: string): SourceFile {
  const name = path.posix.normalize(wanted.replaceAll('\\', '/'))
  const file = tree.files.find((each) => each.path === name)
  if (file !== undefined) return file
  throw new CliFailure(`There is no source '${name}' in this project.`, {
    hint: 'Make the file, import it in main.ts, and add to it then.',
  })
}

function chooseTarget(tree: SourceTree, request: AddRequest, owner: Declared): Target {
  const registrations = ownRegistrations(tree)
  if (request.file !== undefined) return targetIn(namedFile(tree, request.file), registrations, request)
  const like = registrations.findLast(({ registration }) => registration === request.kind)
  return targetIn(like?.file ?? owner.file, registrations, request)
}

function requireUnused(tree: SourceTree, kind: Kind, name: string): void {
  const bare = name.replace(/^\/+/, '')
  const taken = ownRegistrations(tree).find(
    (entry) => entry.registration === kind && entry.name?.replace(/^\/+|\/+$/g, '') === bare,
  )
  if (taken === undefined) return
  const line = lineAt(taken.file, taken.call.start)
  throw new CliFailure(`There is a ${kind} '${name}' already, in ${taken.file.path}:${line}.`, {
    hint: 'Choose another name.',
  })
}

function requireReadable({ unreadable = [] }: SourceTree): void {
  const [broken] = unreadable
  if (broken === undefined) return
  throw new CliFailure(`${broken.path}:${broken.line}:${broken.column} cannot be read: ${broken.message}.`, {
    hint: 'Correct it first; nothing was changed.',
  })
}

function freeName(file: SourceFile, wanted: string): string {
  const taken = new Set(topLevelNames(file).map(({ name }) => name))
  const isFree = (name: string) => !taken.has(name) && !RESERVED.test(name)
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wanted : `${wanted}${number}`
    if (isFree(name)) return name
  }
}

/** A group of functions for an extension that has none yet. */
const chatCode = (chat: string, ext: string, names: { appId: string; make: string }): string =>
  `export const ${chat} = new ${names.make}(${ext}, {
  toolName: '${names.appId.replaceAll('-', '_')}',
  description: 'What ${humanWords(names.appId)} can do in the chat.',
})`

interface Work {
  readonly tree: SourceTree
  readonly ext: Declared
  readonly request: AddRequest
}

function compose({ tree, ext, request }: Work, { file, at }: Target, name: string) {
  const style = styleOf(file)
  const imports = new Imports(tree, file, style)
  const group = findDeclared(tree, 'chat')
  const blocks: string[] = []
  const names: Names = {
    appId: appIdOf(ext),
    ext: () => imports.declared(ext),
    chat: () => {
      if (group !== undefined) return imports.declared(group)
      const chat = freeName(file, 'chat')
      blocks.push(chatCode(chat, imports.declared(ext), { appId: appIdOf(ext), make: imports.sdk('ChatExtension') }))
      return chat
    },
    z: () => imports.zod(),
    sdk: (wanted) => imports.sdk(wanted),
    free: (wanted) => freeName(file, wanted),
  }
  const addition = ADDITIONS[request.kind].write(name, names, request.options)
  blocks.push(addition.code)
  const gap = style.lineEnd.repeat(2)
  const added = blocks.map((code) => restyle(code, style)).join(gap)
  const text = insertAll(file.text, [...imports.insertions(), { at, text: gap + added }])
  return { addition, text: endWithLine(text, style), added }
}

const endWithLine = (text: string, { lineEnd }: CodeStyle): string => (text.endsWith('\n') ? text : text + lineEnd)

function appIdOf({ literal, file }: Declared): string {
  if (literal !== undefined) return literal
  throw new CliFailure(`The app id in ${file.path} is not written out.`, {
    hint: "Write it as a text: `new Extension('my-app', { … })`.",
  })
}

function requireOptionsOf(kind: Kind, options: AddOptions): void {
  const known = ADDITIONS[kind].options
  for (const [option, value] of Object.entries(options)) {
    if (value === undefined || known.some((each) => each === option)) continue
    throw new CliFailure(`--${option} says nothing about a ${kind}.`, {
      hint: `It takes ${known.map((each) => `--${each}`).join(', ')}.`,
    })
  }
}

/**
 * Adds one registration to the code of a project: behind its like, in the style of the file, with the imports that it
 * needs. The rest of the file stays as it is, byte for byte.
 * @throws CliFailure, having changed nothing
 */
export async function addToProject(root: string, request: AddRequest): Promise<Added> {
  requireOptionsOf(request.kind, request.options)
  const name = ADDITIONS[request.kind].name(request.name)
  const tree = await readSourceTree(root)
  requireReadable(tree)
  const ext = findDeclared(tree, 'extension')
  if (ext === undefined) {
    throw new CliFailure('There is no `new Extension(…)` in the sources here.', {
      hint: 'Run this in the folder of an extension, or make one with `imperal init <name>`.',
    })
  }
  requireUnused(tree, request.kind, name)
  const owner = request.kind === 'function' ? (findDeclared(tree, 'chat') ?? ext) : ext
  const target = chooseTarget(tree, request, owner)
  const { addition, text, added } = compose({ tree, ext, request }, target, name)
  const { path: file } = target.file
  const written = parseSource(file, text)
  if (written === null) throw new Error(`${sentence(request.kind)} ${name} would not parse in ${file}:\n${text}`)
  await writeFile(path.join(root, file), text)
  return { ...addition, file, line: lineAt(written, text.indexOf(added)) }
}
