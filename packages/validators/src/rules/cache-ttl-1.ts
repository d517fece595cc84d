import { defineRule } from '../define-rule.ts'
import { cacheCalls } from '../source/cache-calls.ts'
import { literalNumber } from '../source/literals.ts'
import { optionOf } from '../source/registrations.ts'
import { placeOf } from '../source/source-tree.ts'

/** Seconds. */
const LEAST = 5
const MOST = 300

export const cacheTtl1 = defineRule({
  id: 'CACHE-TTL-1',
  needs: 'source',
  severity: 'ERROR',
  title: `A cache entry lives ${LEAST} to ${MOST} seconds`,
  *check({ source }) {
    for (const { method, options } of cacheCalls(source)) {
      const ttl = optionOf(options, 'ttlSeconds') ?? optionOf(options, 'ttl_seconds')
      const seconds = ttl === undefined ? undefined : literalNumber(ttl)
      if (ttl === undefined || seconds === undefined || (seconds >= LEAST && seconds <= MOST)) continue
      yield {
        message: `\`ctx.cache.${method}\` keeps a value for ${seconds} seconds; ${LEAST} to ${MOST} are possible`,
        fix: `Use ${Math.min(MOST, Math.max(LEAST, Math.round(seconds)))}, or \`ctx.store\` for what has to last.`,
        at: placeOf(ttl.file, ttl.property),
      }
    }
  },
})
