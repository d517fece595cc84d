/** For the tests: ways to spell this machine; all of them reach it with a plain fetch, or may in some environments. */
export const LOOPBACK_SPELLINGS = [
  ...['127.0.0.1', '127.1', '0177.0.0.1', '2130706433', '0x7f000001', '0x7f.1', '0.0.0.0', '0', '127.127.127.127'],
  ...['[::1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[0:0:0:0:0:ffff:127.0.0.1]', '[::127.0.0.1]'],
  ...['[64:ff9b::127.0.0.1]', 'localhost', 'localhost.', 'LOCALHOST', '127.0.0.1.', '①②⑦.⓪.⓪.①', '１２７.0.0.1'],
  ...['127。0。0。1', '127．0．0．1', 'user@127.0.0.1', '%31%32%37.0.0.1'],
]
