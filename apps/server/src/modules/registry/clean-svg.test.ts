import { expect, test } from 'vitest'
import { cleanSvg } from './clean-svg.ts'

const wrap = (inner: string, attributes = '') =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 1 1"${attributes}>${inner}</svg>`
const clean = (source: string) => {
  const result = cleanSvg(source)
  return result.ok ? result.svg : `refused: ${result.reason}`
}

test.each([
  ['<script>alert(1)</script>'],
  ['<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>'],
  ['<image href="https://evil.example/x.png"/>'],
  ['<style>@import url(https://evil.example)</style>'],
  ['<a href="javascript:alert(1)"><path d="M0 0"/></a>'],
  ['<animate attributeName="href" values="javascript:alert(1)"/>'],
  ['<!-- <script>alert(1)</script> --><?php echo 1 ?>'],
])('[api 7.8] %s does not survive', (inner) => {
  expect(clean(wrap(inner))).toBe('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>')
})

test('[api 7.8] handlers and references to the outside go, paint and references inside the file stay', () => {
  const source = wrap(
    '<g onclick="x()" fill="url(#a)" style="fill:red;background:url(https://e.example);stroke:url(#a)"><use xlink:href="#b"/><use href="https://e.example/#b"/><path d="M0 0" fill="url(https://e.example)"/></g>',
    ' onload="alert(1)"',
  )
  expect(clean(source)).toBe(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><g fill="url(#a)" style="fill:red;stroke:url(#a)"><use href="#b"/><use/><path d="M0 0"/></g></svg>',
  )
})

test('text is escaped again, and a declaration and a byte order mark are no problem', () => {
  expect(clean(`\uFEFF<?xml version="1.0"?>${wrap('<text>a &lt;b&gt; &amp; "c"</text>')}`)).toBe(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><text>a &lt;b&gt; &amp; "c"</text></svg>',
  )
})

test.each([
  ['<svg viewBox="0 0 1 1"><g></svg>', /well-formed/],
  ['<html/>', /outermost element/],
  ['<svg/>', /viewBox/],
  ['<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg viewBox="0 0 1 1"><text>&a;</text></svg>', /entities/],
  [wrap('x'.repeat(110_000)), /larger than/],
])('a file that is no usable icon is refused with its reason: %#', (source, reason) => {
  expect(clean(source)).toMatch(reason)
})
