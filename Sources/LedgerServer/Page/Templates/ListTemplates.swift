/// The page of a project's workloads.
enum ListTemplates {
  static let list = """
    {{>head}}
    <h1>Workloads of <bdi>{{project}}</bdi></h1>
    {{>tabs}}
    {{>notice}}
    {{>filters}}
    {{>slider}}
    <div id="result" data-region>
    {{>past}}
    <p class="summary"><strong id="total">{{summary}}</strong>\
     <span class="faint">Status as read at <time id="read-at" datetime="{{readAt.machine}}">{{readAt.text}}</time>.</span>\
     <a href="{{refresh}}">Refresh</a></p>
    {{#hasRows}}
    <table class="cards">
    <caption class="hidden">Workloads, newest first</caption>
    <thead><tr><th scope="col">Name</th><th scope="col">Type</th><th scope="col">Status</th><th scope="col">Cluster</th>\
    <th scope="col">Owner</th><th scope="col" class="number">CPU</th><th scope="col" class="number">Memory</th>\
    <th scope="col" class="number">GPUs</th><th scope="col">Created</th><th scope="col" class="number">Run time</th>\
    <th scope="col"><span class="hidden">Actions</span></th></tr></thead>
    <tbody>
    {{#rows}}
    <tr id="w-{{id}}">
    <th scope="row"><a href="{{address}}"><bdi>{{name}}</bdi></a></th>
    <td data-label="Type">{{type}}</td>
    <td data-label="Status"><span class="status {{statusClass}}">{{status}}</span></td>
    <td data-label="Cluster"><bdi>{{cluster}}</bdi></td>
    <td data-label="Owner"><bdi>{{owner}}</bdi></td>
    <td data-label="CPU" class="number">{{cpu}}</td>
    <td data-label="Memory" class="number">{{memory}}</td>
    <td data-label="GPUs" class="number">{{gpu}}</td>
    <td data-label="Created">{{#created}}<time datetime="{{machine}}">{{text}}</time>{{/created}}</td>
    <td data-label="Run time" class="number">{{runTime}}</td>
    <td data-label="Actions"><button type="button" class="dots" popovertarget="m-{{id}}"\
     aria-label="Actions of {{name}}"><span aria-hidden="true">⋮</span></button>
    <div class="menu" id="m-{{id}}" popover aria-label="Actions of {{name}}">
    <a href="{{address}}">Show details</a>
    {{#workspace}}<a href="{{workspace}}" target="_blank" rel="noopener noreferrer">Open Workspace\
    <span class="hidden"> in a new tab</span></a>{{/workspace}}
    {{#delete}}<a href="{{delete}}" class="danger" data-asks>Delete…</a>{{/delete}}
    </div></td>
    </tr>
    {{/rows}}
    </tbody>
    </table>
    {{/hasRows}}
    <nav class="pages" id="pages" aria-label="Pages">
    {{#first}}<a href="{{first}}">First page</a>{{/first}}
    {{#next}}<a href="{{next}}" rel="next">Next page</a>{{/next}}
    </nav>
    </div>
    {{>foot}}
    """

  static let filters = """
    <form class="filters" method="get" action="{{path}}" role="search" aria-label="Filters">
    <label>Name <input type="search" name="name" value="{{filter.name}}" maxlength="256"></label>
    <label>Owner <input type="text" name="owner" value="{{filter.owner}}" maxlength="256"></label>
    <label>Cluster <input type="text" name="cluster" value="{{filter.cluster}}" maxlength="256"></label>
    <details class="drop"><summary>Type: {{filter.typeText}}</summary>
    <fieldset><legend class="hidden">Types</legend>
    {{#types}}<label><input type="checkbox" name="type" value="{{label}}"{{#isOn}} checked{{/isOn}}> {{label}}</label>
    {{/types}}</fieldset></details>
    <details class="drop"><summary>Status: {{filter.statusText}}</summary>
    <fieldset><legend class="hidden">Statuses</legend>
    {{#statuses}}<label><input type="checkbox" name="status" value="{{label}}"{{#isOn}} checked{{/isOn}}> {{label}}\
    </label>
    {{/statuses}}<label><input type="checkbox" name="all" value="true"{{#filter.all}} checked{{/filter.all}}> All, with \
    Deleted</label>
    </fieldset></details>
    <details class="drop" id="moment" data-region><summary>Moment: {{filter.momentText}}</summary>
    <fieldset><legend class="hidden">Moment</legend>{{>moment}}</fieldset></details>
    <button type="submit">Apply</button>
    <a href="{{path}}">Clear</a>
    </form>
    """

  /// The two fields of a moment.
  static let moment = """
    <label>What was known: a position, or a time\
     <input type="text" name="asOf" value="{{filter.asOf}}" placeholder="41925 or 2023-07-01T08:30:00Z" size="30">\
    </label>
    <label>What was true: a time\
     <input type="text" name="at" value="{{filter.at}}" placeholder="2023-07-01T08:30:00Z" size="30"></label>
    """
}
