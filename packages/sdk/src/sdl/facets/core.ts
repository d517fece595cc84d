import { flag, link, members, moment, text, whole } from '../fields.ts'

// What identifies and versions a thing.

export const Localized = {
  language: text('core.language'),
  locale: text('core.locale'),
  translations: members('core.translations'),
  original_language: text('core.original_language'),
  is_translated: flag('core.is_translated'),
  text_direction: text('core.text_direction'),
  country: text('core.country'),
}
export const Versioned = {
  version: text('core.version'),
  version_number: whole('core.version_number'),
  previous_version: text('core.previous_version'),
  is_latest: flag('core.is_latest'),
  change_note: text('core.change_note'),
  etag: text('core.etag'),
  revision_id: text('core.revision_id'),
  versioned_at: moment('core.versioned_at'),
}
export const Iconified = {
  icon: text('core.icon'),
  color: text('core.color'),
  image_url: link('core.image_url'),
  emoji: text('core.emoji'),
}
export const Lifecycle = {
  state: text('core.state'),
  is_active: flag('core.is_active'),
  archived_at: moment('core.archived_at'),
  expires_at: moment('core.expires_at'),
  published_at: moment('core.published_at'),
}
