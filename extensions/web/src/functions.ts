import {
  ActionResult,
  APIError,
  AuthError,
  type Document,
  type HttpClient,
  type HttpResponse,
  type StoreClient,
} from '@imperal/sdk'
import * as z from 'zod'
import { chat, PagesChanged } from './extension.ts'
import { pageText } from './page-charset.ts'
import { type PageText, readPage } from './read-page.ts'

const Address = z
  .url({ protocol: /^https?$/ })
  .max(2000)
  .describe('Address of the page, with https://.')
const MOST_CHARACTERS = 20_000
const MOST_KEPT = 60_000

export const Saved = z.object({ url: z.string(), title: z.string(), text: z.string(), read: z.boolean() })
export type SavedPage = Document<z.infer<typeof Saved>>
export const pagesOf = (store: StoreClient) => store.collection('pages', Saved)

type Fetched = { readonly page: PageText } | { readonly failure: ReturnType<typeof ActionResult.error> }
const fail = (message: string, code: string, retryable = false) => ({
  failure: ActionResult.error(message, { code, retryable }),
})
/** Whoever asks waits for half a minute; a second attempt would not fit into it. */
const SECONDS = 20

/** Why no page came, in a sentence for the person. */
function noPage(error: unknown, host: string) {
  // Addresses that the installation keeps closed: the platform says why.
  if (error instanceof AuthError) return fail(error.message, 'ADDRESS_CLOSED')
  if (!(error instanceof APIError)) throw error
  if (error.statusCode === 413)
    return fail(`The page is too large: at most 2.7 MB of a page are read. Open it in your browser.`, 'PAGE_TOO_LARGE')
  if (error.statusCode === 504)
    return fail(`${host} said nothing for ${SECONDS} seconds. Try again later.`, 'PAGE_SILENT')
  if (error.statusCode === 502) return fail(`${error.message} Check the address.`, 'PAGE_UNREACHABLE')
  throw error
}

async function fetchPage(http: HttpClient, url: string): Promise<Fetched> {
  const headers = { accept: 'text/html,application/xhtml+xml,text/plain;q=0.9', 'user-agent': 'Imperal-Web/1.0' }
  let answer: HttpResponse
  try {
    answer = await http.get(url, { headers, timeout: SECONDS })
  } catch (error) {
    return noPage(error, new URL(url).host)
  }
  if (!answer.ok) return fail(`The page answered ${answer.statusCode}.`, 'PAGE_REFUSED', answer.statusCode >= 500)
  const type = answer.headers['content-type'] ?? ''
  const isPage = /html/.test(type)
  if (!isPage && !/^text\/|json|xml/.test(type))
    return fail(`The address leads to ${type || 'something without a type'}, not to a page.`, 'NOT_A_PAGE')
  const text = pageText(answer.bytes(), type)
  return { page: isPage ? readPage(text, answer.url || url) : { title: '', description: '', text, links: [] } }
}

const PageWire = z.object({
  url: z.string(),
  title: z.string(),
  description: z.string(),
  text: z.string(),
  truncated: z.boolean(),
  links: z.array(z.object({ text: z.string(), url: z.string() })),
})

export const readPageAt = chat.function(
  'read_page',
  {
    description: 'Fetch a page of the web and answer its title, text and links.',
    params: z.object({ url: Address, most_characters: z.number().int().min(200).max(MOST_CHARACTERS).default(8000) }),
    returns: PageWire,
  },
  async (ctx, { url, most_characters }) => {
    const fetched = await fetchPage(ctx.http, url)
    if ('failure' in fetched) return fetched.failure
    const { page } = fetched
    const truncated = page.text.length > most_characters
    const data = { url, ...page, text: page.text.slice(0, most_characters), truncated, links: [...page.links] }
    return ActionResult.success(data, page.title === '' ? `Read ${url}.` : `Read “${page.title}”.`)
  },
)

const SavedWire = z.object({
  page_id: z.string(),
  url: z.string(),
  title: z.string(),
  read: z.boolean(),
  saved_at: z.string(),
})
const wire = ({ id, data, createdAt }: SavedPage) => ({
  page_id: id,
  url: data.url,
  title: data.title,
  read: data.read,
  saved_at: createdAt,
})

export const savePage = chat.function(
  'save_page',
  {
    description: 'Fetch a page of the web and keep its text to read later.',
    actionType: 'write',
    effects: ['create:page'],
    event: PagesChanged,
    params: z.object({ url: Address }),
    returns: SavedWire,
  },
  async (ctx, { url }) => {
    const known = (await pagesOf(ctx.store).query({ where: { url }, limit: 1 })).data[0]
    if (known) return ActionResult.success(wire(known), 'That page is kept already.')
    const fetched = await fetchPage(ctx.http, url)
    if ('failure' in fetched) return fetched.failure
    const { title, text } = fetched.page
    const page = await pagesOf(ctx.store).create({
      url,
      title: title || url,
      text: text.slice(0, MOST_KEPT),
      read: false,
    })
    return ActionResult.success(wire(page), `Kept “${page.data.title}”.`)
  },
)

export const listPages = chat.function(
  'list_saved_pages',
  {
    description: 'List the pages that you kept to read later, newest first.',
    params: z.object({ limit: z.number().int().min(1).max(100).default(20) }),
    returns: z.object({ pages: z.array(SavedWire), total: z.number().int() }),
  },
  async (ctx, { limit }) => {
    const pages = (await pagesOf(ctx.store).query({ orderBy: '-created_at', limit })).data.map(wire)
    const total = await pagesOf(ctx.store).count()
    return ActionResult.success(
      { pages, total },
      total === 0 ? 'No pages are kept.' : pages.map(({ title }) => title).join('; '),
    )
  },
)

const gone = () =>
  ActionResult.error('No page of that id is kept. List the kept pages (list_saved_pages) and take an id from there.', {
    code: 'PAGE_NOT_FOUND',
  })
const PageId = z.string().min(1).describe('Id from list_saved_pages.')

export const markPageRead = chat.function(
  'mark_page_read',
  {
    description: 'Mark a kept page as read, or as unread again.',
    actionType: 'write',
    effects: ['update:page'],
    event: PagesChanged,
    params: z.object({ page_id: PageId, read: z.boolean().default(true) }),
    returns: SavedWire,
  },
  async (ctx, { page_id, read }) => {
    const pages = pagesOf(ctx.store)
    if (!(await pages.find(page_id))) return gone()
    return ActionResult.success(wire(await pages.update(page_id, { read })), read ? 'Read.' : 'Unread again.')
  },
)

export const dropPage = chat.function(
  'drop_page',
  {
    description: 'Delete a page that was kept to read later.',
    actionType: 'destructive',
    effects: ['delete:page'],
    event: PagesChanged,
    params: z.object({ page_id: PageId }),
    returns: z.object({ page_id: z.string() }),
  },
  async (ctx, { page_id }) =>
    (await pagesOf(ctx.store).delete(page_id)) ? ActionResult.success({ page_id }, 'Deleted.') : gone(),
)
