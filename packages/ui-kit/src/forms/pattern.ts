import { say } from '../words.ts'

const MAX_SOURCE = 200
const MAX_SUBJECT = 256
// A repeated group that repeats or chooses inside, and references back: the two ways to make matching take forever.
const DANGEROUS = [/\([^)]*[+*{|][^)]*\)\s*[+*{]/, /\\[1-9]/, /\(\?[<!=]/, /(?:[+*]|\})\s*[+*]/]

/**
 * An author's pattern, when it can be run without fear; null when it is refused and nothing is checked (ui 6.6).
 * Accepts a part of the language only: no repeated groups with repetition inside, no references, no look-around.
 */
export function safePattern(source: string): RegExp | null {
  if (source === '' || source.length > MAX_SOURCE || DANGEROUS.some((pattern) => pattern.test(source))) return null
  // Several open-ended repetitions in a row multiply: with at most three, 256 characters stay cheap.
  if ((source.match(/[+*]|\{\d+,\d*\}/g) ?? []).length > 3) return null
  try {
    return new RegExp(source, 'u')
  } catch {
    return null // not a pattern; the server validates anyway
  }
}

/** Why a tag is refused, or an empty string. `email` and `url` are the platform's own checks. */
export function tagProblem(tag: string, validate: string, message: string): string {
  if (validate === '' || tag.length > MAX_SUBJECT) return ''
  const pattern =
    validate === 'email'
      ? /^[^\s@]+@[^\s@]+\.[^\s@]+$/
      : validate === 'url'
        ? /^https?:\/\/\S+$/
        : safePattern(validate)
  return pattern === null || pattern.test(tag) ? '' : message || say('“{tag}” does not fit here.', { tag })
}
