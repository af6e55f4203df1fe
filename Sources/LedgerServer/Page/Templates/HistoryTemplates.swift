/// The page of a project's history.
enum HistoryTemplates {
  static let history = """
    {{>head}}
    <h1>History of <bdi>{{project}}</bdi></h1>
    {{>tabs}}
    <form class="filters" method="get" action="{{path}}" role="search" aria-label="Filters">
    <label>Actor <input type="text" name="actor" value="{{filter.actor}}" maxlength="256"></label>
    <label>Workload's name <input type="search" name="name" value="{{filter.name}}" maxlength="256"></label>
    <label>Workload's ID <input type="text" name="workload" value="{{filter.workload}}" maxlength="36"></label>
    <label>Since <input type="text" name="since" value="{{filter.since}}" placeholder="2023-07-01"></label>
    <label>Until <input type="text" name="until" value="{{filter.until}}" placeholder="2023-07-01T08:30:00Z">\
    </label>
    <details class="drop"><summary>Event: {{filter.actionText}}</summary>
    <fieldset><legend class="hidden">Events</legend>
    {{#actions}}<label><input type="checkbox" name="action" value="{{label}}"{{#isOn}} checked{{/isOn}}> {{label}}\
    </label>
    {{/actions}}</fieldset></details>
    <details class="drop"><summary>Workload's type: {{filter.typeText}}</summary>
    <fieldset><legend class="hidden">Types</legend>
    {{#types}}<label><input type="checkbox" name="type" value="{{label}}"{{#isOn}} checked{{/isOn}}> {{label}}</label>
    {{/types}}</fieldset></details>
    <button type="submit">Apply</button>
    <a href="{{path}}">Clear</a>
    </form>
    <p class="summary" role="status"><strong>{{summary}}</strong>\
     <span class="faint">As read at <time datetime="{{readAt.machine}}">{{readAt.text}}</time>.</span>\
     <a href="{{refresh}}">Refresh</a> <a href="{{csv}}">CSV of the newest 1,000</a></p>
    {{#hasRows}}
    <table class="cards">
    <caption class="hidden">Events, newest first, refused actions included</caption>
    <thead><tr><th scope="col" class="number">Position</th><th scope="col">Time</th><th scope="col">Event</th>\
    <th scope="col">Workload</th><th scope="col">Actor</th><th scope="col">Reporter</th><th scope="col">Detail</th>\
    </tr></thead>
    <tbody>
    {{#rows}}
    <tr{{#isBad}} class="bad"{{/isBad}}>
    <td data-label="Position" class="number">{{position}}</td>
    <td data-label="Time">{{#isBound}}<abbr title="then or before">≤</abbr> {{/isBound}}\
    <time datetime="{{time.machine}}">{{time.text}}</time></td>
    <th scope="row" data-label="Event">{{event}}</th>
    <td data-label="Workload">{{#workload}}<a href="{{address}}"><bdi>{{name}}</bdi></a>{{/workload}}</td>
    <td data-label="Actor"><bdi>{{actor}}</bdi></td>
    <td data-label="Reporter"><bdi>{{reporter}}</bdi></td>
    <td data-label="Detail"><bdi>{{detail}}</bdi></td>
    </tr>
    {{/rows}}
    </tbody>
    </table>
    {{/hasRows}}
    <nav class="pages" aria-label="Pages">
    {{#newest}}<a href="{{newest}}">Newest events</a>{{/newest}}
    {{#older}}<a href="{{older}}" rel="next">Older events</a>{{/older}}
    </nav>
    {{>foot}}
    """
}
