import { t } from './index.ts'

const KINDS: Readonly<Record<string, string>> = {
  read: t('read'),
  write: t('write'),
  destructive: t('destructive'),
}

/** What a function does to data, in one word. */
export const kindWord = (kind: string): string => KINDS[kind] ?? kind
