import { flag, link, number, text, texts, things, whole } from '../fields.ts'

// Text and how it is sorted.

export const Bodied = {
  body: text('content.body'),
  body_html: text('content.body_html'),
  body_format: text('content.body_format'),
}
export const Excerptable = {
  excerpt: text('content.excerpt'),
  summary: text('content.summary'),
  preview: text('content.preview'),
  word_count: whole('content.word_count'),
}
export const Categorized = {
  category: text('content.category'),
  categories: texts('content.categories'),
  tags: texts('content.tags'),
  topic: text('content.topic'),
  folder: text('content.folder'),
}
export const Attached = {
  attachments: things('content.attachments'),
  attachment_count: whole('content.attachment_count'),
  has_attachments: flag('content.has_attachments'),
  cover_url: link('content.cover_url'),
}
export const Editorial = {
  headline: text('content.headline'),
  byline: text('content.byline'),
  section: text('content.section'),
  reading_minutes: number('content.reading_minutes'),
}
