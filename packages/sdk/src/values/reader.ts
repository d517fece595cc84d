/** What {@link readerOf} needs of a context: the person's zone, and the language of their account. */
export interface ReadingContext {
  readonly time: { readonly timezone: string }
  readonly user: { readonly attributes: { readonly [name: string]: unknown } } | null
}

/** Writes moments and numbers as the person of a call reads them. What is no moment is written as `''`. */
export interface Reader {
  /** IANA name of the person's zone. */
  readonly zone: string
  /** BCP 47; `en-GB` for whoever chose no language. */
  readonly locale: string
  /** `24 Dec 2026, 18:00`, of an ISO 8601 text. */
  moment(iso: string | null): string
  /** `24 Dec 2026`; a date without a clock, such as `2026-12-24`, is that day in every zone. */
  day(iso: string | null): string
  /** `18:00`. */
  clock(iso: string | null): string
  /** `12,000.5`. */
  number(value: number): string
}

const FALLBACK = 'en-GB'
const BARE_DAY = /^\d{4}-\d{2}-\d{2}$/

function canonical(language: unknown): string {
  if (typeof language !== 'string' || language === '') return FALLBACK
  try {
    return Intl.getCanonicalLocales(language)[0] ?? FALLBACK
  } catch {
    return FALLBACK // the account keeps what its client sent
  }
}

/** How the person of this call reads: for texts of panels and answers, which the platform shows as they are. */
export function readerOf({ time, user }: ReadingContext): Reader {
  const [zone, locale] = [time.timezone, canonical(user?.attributes.language)]
  const write = (iso: string | null, style: Intl.DateTimeFormatOptions): string => {
    const at = iso === null ? Number.NaN : Date.parse(iso)
    return Number.isNaN(at) ? '' : new Intl.DateTimeFormat(locale, { timeZone: zone, ...style }).format(at)
  }
  return {
    zone,
    locale,
    moment: (iso) => write(iso, { dateStyle: 'medium', timeStyle: 'short' }),
    day: (iso) =>
      write(iso, { dateStyle: 'medium', ...(iso !== null && BARE_DAY.test(iso) ? { timeZone: 'UTC' } : {}) }),
    clock: (iso) => write(iso, { timeStyle: 'short' }),
    number: (value) => value.toLocaleString(locale),
  }
}
