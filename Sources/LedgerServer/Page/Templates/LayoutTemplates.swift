/// What all pages share: the frame around them, and a moment of the past.
enum LayoutTemplates {
  static let head = """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>{{title}}</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="\(Asset.style.address)">
    <script type="module" src="\(Asset.script.address)"></script>
    </head>
    <body>
    <a class="skip" href="#content">Skip to the content</a>
    <header class="top">
    <a class="brand" href="/">Workload Ledger</a>
    <nav aria-label="Place">
    <ol>
    <li><a href="/projects">Projects</a></li>
    {{#place}}<li>{{#address}}<a href="{{address}}"><bdi>{{text}}</bdi></a>{{/address}}\
    {{^address}}<span aria-current="page"><bdi>{{text}}</bdi></span>{{/address}}</li>{{/place}}
    </ol>
    </nav>
    {{#choice}}<nav aria-label="Choice of a project">
    <details class="drop"><summary>Change project</summary>
    <ul>
    {{#projects}}<li><a href="{{address}}" aria-current="{{isCurrent}}"><bdi>{{name}}</bdi></a></li>
    {{/projects}}</ul>
    </details>
    </nav>{{/choice}}
    {{#viewer}}<form class="viewer" method="post" action="/sign-out">
    <input type="hidden" name="csrf" value="{{csrf}}">
    <span><span class="hidden">Signed in as </span><bdi>{{name}}</bdi> <span class="faint">{{role}}</span></span>
    <button type="submit">Sign out</button>
    </form>{{/viewer}}
    </header>
    <main id="content">
    """

  static let foot = """
    </main>
    <footer><p>All times are UTC.{{#isDevelopment}} This server asks for no tokens: it serves this machine alone, and \
    everybody is the operator <bdi>{{user}}</bdi>.{{/isDevelopment}}</p></footer>
    </body>
    </html>
    """

  /// The ways between the pages of a project.
  static let tabs = """
    <nav class="tabs" aria-label="Project">
    <ul>
    {{#tabs}}<li><a href="{{address}}"{{#isCurrent}} aria-current="page"{{/isCurrent}}>{{text}}</a></li>
    {{/tabs}}</ul>
    </nav>
    """

  /// A word of warning above what is not about now.
  static let past = """
    {{#past}}<p class="past" role="note">This is the past: {{what}}. <a href="{{now}}">Back to now</a></p>{{/past}}
    """

  /// What was just done, or why it was not.
  static let notice = """
    {{#notice}}<p class="notice" role="status">{{text}} <bdi>{{name}}</bdi></p>{{/notice}}
    """

  static let problem = """
    {{>head}}
    <h1>{{title}}</h1>
    <p><bdi>{{detail}}</bdi></p>
    <p><a href="/projects">To the projects</a></p>
    <p class="faint">{{status}} · request {{requestID}}</p>
    {{>foot}}
    """

  static let projects = """
    {{>head}}
    <h1>Choose a project</h1>
    {{#isEmpty}}<p>There is no project yet: <code>workledger project create</code> makes one.</p>{{/isEmpty}}
    {{^isEmpty}}
    <ul class="projects">
    {{#projects}}
    <li><a href="{{address}}"><bdi>{{name}}</bdi></a> <span class="faint">{{workloads}}, {{members}}</span></li>
    {{/projects}}
    </ul>
    {{/isEmpty}}
    {{>foot}}
    """
}
