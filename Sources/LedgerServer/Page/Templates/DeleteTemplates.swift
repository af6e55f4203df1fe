/// The page that asks before a workload is queued for deletion. `ask` is what a dialog shows of it.
enum DeleteTemplates {
  static let delete = """
    {{>head}}
    <section id="ask" class="ask" aria-labelledby="ask-title">
    <h1 id="ask-title">Delete <bdi>{{name}}</bdi>?</h1>
    {{#refusal}}<p class="refusal" role="alert"><strong>{{title}}:</strong> <bdi>{{detail}}</bdi></p>{{/refusal}}
    <p>Its status is <span class="status {{statusClass}}">{{status}}</span>. It will be queued for deletion{{#isBusy}}, \
    and may run until it is deleted{{/isBusy}}. Its history stays.</p>
    <form method="post" action="{{path}}">
    <input type="hidden" name="back" value="{{back}}">
    <input type="hidden" name="csrf" value="{{csrf}}">
    <label>Reason, for the history <input type="text" name="reason" value="{{reason}}" maxlength="1000"\
     autocomplete="off"></label>
    <p class="answers"><button type="submit" class="danger">Queue for deletion</button>\
     <a class="action cancel" href="{{cancel}}">Cancel</a></p>
    </form>
    </section>
    {{>foot}}
    """
}
