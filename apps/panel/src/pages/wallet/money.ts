import { LOCALE } from '../../i18n/index.ts'
import { apart, count, isolated } from '../parts/figures.ts'

const CENTS = 100

/** 12 € or $9.90 from cents of a currency such as `usd`. */
export const money = (cents: number, currency = 'usd'): string =>
  isolated(
    new Intl.NumberFormat(LOCALE, {
      style: 'currency',
      currency: currency.toUpperCase(),
      currencyDisplay: 'narrowSymbol',
      minimumFractionDigits: cents % CENTS === 0 ? 0 : 2,
    }).format(cents / CENTS),
  )

/** +500 or −3: what a movement did to the balance. */
export const signed = (amount: number): string => apart(amount > 0 ? `+${count(amount)}` : `−${count(-amount)}`)
