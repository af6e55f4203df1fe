/// The page that asks for a token.
enum SignInTemplates {
  static let signIn = """
    {{>head}}
    <h1>Sign in</h1>
    {{#problem}}<p class="refusal" role="alert">{{problem}}</p>{{/problem}}
    <form class="sign-in" method="post" action="/sign-in">
    <input type="hidden" name="next" value="{{next}}">
    <input type="text" autocomplete="username" value="token" hidden>
    <label>Token <input type="password" name="token" required autocomplete="current-password" spellcheck="false"\
     autofocus></label>
    <p class="faint">Whoever keeps the ledger gives one out: <code>workledger token issue USER</code>. It stays in a \
    cookie that no script can read, until it expires or you sign out.</p>
    <button type="submit">Sign in</button>
    </form>
    {{>foot}}
    """
}
